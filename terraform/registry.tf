# Where images are kept. The newest ten stay, so that there is always one to go back to.

resource "google_artifact_registry_repository" "images" {
  location      = var.region
  repository_id = var.name
  description   = "Daylog's image, one for each build."
  format        = "DOCKER"

  cleanup_policies {
    id     = "keep the newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 10
    }
  }
  cleanup_policies {
    id     = "delete the rest after a month"
    action = "DELETE"
    condition {
      tag_state  = "ANY"
      older_than = "2592000s"
    }
  }
  depends_on = [google_project_service.needed]
}
