# One service account for each role, without keys. What each may do stands beside what it may do it to.

locals {
  roles = {
    web       = "Answers people."
    worker    = "Makes films."
    events    = "Hears that an object is whole."
    migrate   = "Brings the database to the newest schema."
    tasks     = "Cloud Tasks speaks for it when it calls the worker."
    scheduler = "Cloud Scheduler speaks for it when it calls the worker."
    trigger   = "Eventarc speaks for it when it calls the function for events."
    build     = "Tests, builds and deploys."
    smoke     = "Asks a version that does not serve yet for a vlog; may do nothing in Google Cloud."
  }
  members = { for role, account in google_service_account.role : role => account.member }
}

resource "google_service_account" "role" {
  for_each     = local.roles
  account_id   = "${var.name}-${each.key}"
  display_name = each.value
  depends_on   = [google_project_service.needed]
}

# Who makes a task names the account that Cloud Tasks speaks for, and must be allowed to.
resource "google_service_account_iam_member" "speaks_for_tasks" {
  for_each           = local.dispatchers
  service_account_id = google_service_account.role["tasks"].name
  role               = "roles/iam.serviceAccountUser"
  member             = local.members[each.key]
}

# Roles on the whole project, because Google knows no narrower place for them:
# - cloudsql.client: Cloud SQL's instances have no policies of their own; a condition narrows it to ours;
# - aiplatform.user: nor have Google's models;
# - eventarc.eventReceiver, pubsub.publisher: Eventarc makes the topic between bucket and trigger itself;
# - logging.logWriter: a build by an account of our own writes its log itself.

resource "google_project_iam_member" "database" {
  for_each = local.database_users
  project  = var.project
  role     = "roles/cloudsql.client"
  member   = local.members[each.key]
  condition {
    title      = "only Daylog's instance"
    expression = "resource.service == 'sqladmin.googleapis.com' && resource.name == 'projects/${var.project}/instances/${google_sql_database_instance.daylog.name}'"
  }
}

resource "google_project_iam_member" "models" {
  for_each = var.analyst == "gemini" || var.generator == "veo" ? toset(["worker"]) : toset([])
  project  = var.project
  role     = "roles/aiplatform.user"
  member   = local.members[each.key]
}

resource "google_project_iam_member" "events" {
  project = var.project
  role    = "roles/eventarc.eventReceiver"
  member  = local.members["trigger"]
}

data "google_storage_project_service_account" "storage" {}

resource "google_project_iam_member" "storage_events" {
  project = var.project
  role    = "roles/pubsub.publisher"
  member  = data.google_storage_project_service_account.storage.member
}

resource "google_project_iam_member" "build_log" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = local.members["build"]
}
