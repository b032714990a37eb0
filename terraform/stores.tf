# The work store: what models and films need for a while. Nobody's only copy of anything is here.

resource "google_storage_bucket" "work" {
  name                        = "${var.project}-${var.name}-work"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.keep_data

  # what is deleted here can be made again
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  # As the hourly sweep does (internal/reaper.py), for the day on which it does not run.
  dynamic "lifecycle_rule" {
    for_each = { "proxies/" = 2, "chunks/" = 31, "films/" = 31, "veo/" = 31 }
    content {
      condition {
        age            = lifecycle_rule.value
        matches_prefix = [lifecycle_rule.key]
      }
      action {
        type = "Delete"
      }
    }
  }
  lifecycle_rule {
    condition {
      age = 1
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }
  depends_on = [google_project_service.needed]
}

resource "google_storage_bucket_iam_member" "worker_uses_work" {
  bucket = google_storage_bucket.work.name
  role   = "roles/storage.objectUser"
  member = local.members["worker"]
}
