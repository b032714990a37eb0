# What a build may do: read its sources, push the image, run the migration, give the services another image, and sign
# in as the account that tries the result (cloudbuild.yaml says what it does).

# `gcloud builds submit --gcs-source-staging-dir` puts sources here.
resource "google_storage_bucket" "source" {
  name                        = "${var.project}-${var.name}-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true

  lifecycle_rule {
    condition {
      age = 7
    }
    action {
      type = "Delete"
    }
  }
  depends_on = [google_project_service.needed]
}

resource "google_storage_bucket_iam_member" "build_reads_source" {
  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = local.members["build"]
}

resource "google_artifact_registry_repository_iam_member" "build_pushes" {
  location   = var.region
  repository = google_artifact_registry_repository.images.repository_id
  role       = "roles/artifactregistry.writer"
  member     = local.members["build"]
}

resource "google_cloud_run_v2_service_iam_member" "build_deploys" {
  for_each = local.services
  location = var.region
  name     = each.value
  role     = "roles/run.developer"
  member   = local.members["build"]
}

resource "google_cloud_run_v2_job_iam_member" "build_migrates" {
  location = var.region
  name     = google_cloud_run_v2_job.migrate.name
  role     = "roles/run.developer"
  member   = local.members["build"]
}

# Who gives a service another image must be allowed to act as the account that the service runs as.
resource "google_service_account_iam_member" "build_acts_as" {
  for_each           = toset(["web", "worker", "events", "migrate"])
  service_account_id = google_service_account.role[each.key].name
  role               = "roles/iam.serviceAccountUser"
  member             = local.members["build"]
}

# Only an ID token: no access to anything.
resource "google_service_account_iam_member" "build_signs_in" {
  service_account_id = google_service_account.role["smoke"].name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.members["build"]
}
