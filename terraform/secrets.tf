# Values go from the environment straight to Secret Manager and Cloud SQL: write-only arguments are in no plan and no
# state. A number in `secret_versions` says when there is a new one. Where no values are given they are empty: the
# provider wants one beside each number, and Secret Manager refuses to keep an empty one.

locals {
  # who may read which; the password alone is of no use to anybody
  secrets = {
    database-url          = { version = var.secret_versions.database_password, readers = local.database_users }
    media-access-key      = { version = var.secret_versions.media_access_key, readers = local.media_users }
    media-secret-key      = { version = var.secret_versions.media_secret_key, readers = local.media_users }
    sign-in-client-secret = { version = var.secret_versions.sign_in_client_secret, readers = toset(["web"]) }
    session-key           = { version = var.secret_versions.session_key, readers = toset(["web"]) }
  }
  readers = { for pair in flatten([
    for secret, one in local.secrets : [for role in one.readers : { secret = secret, role = role }]
  ]) : "${pair.secret} by ${pair.role}" => pair }

  # by the socket that Cloud Run mounts: encrypted and checked by IAM on its way
  database_socket = "/cloudsql/${google_sql_database_instance.daylog.connection_name}/.s.PGSQL.5432"
  values = var.secrets == null ? null : {
    database-url          = "postgresql+pg8000://${local.database_user}:${urlencode(var.secrets.database_password)}@/${google_sql_database.daylog.name}?unix_sock=${local.database_socket}"
    media-access-key      = var.secrets.media_access_key
    media-secret-key      = var.secrets.media_secret_key
    sign-in-client-secret = var.secrets.sign_in_client_secret
    session-key           = var.secrets.session_key
  }
}

resource "google_secret_manager_secret" "secret" {
  for_each  = local.secrets
  secret_id = "${var.name}-${each.key}"
  replication {
    auto {}
  }
  depends_on = [google_project_service.needed]
}

resource "google_secret_manager_secret_version" "value" {
  for_each               = local.secrets
  secret                 = google_secret_manager_secret.secret[each.key].id
  secret_data_wo         = local.values == null ? "" : local.values[each.key]
  secret_data_wo_version = each.value.version

  lifecycle {
    # the services read the newest: there must always be one
    create_before_destroy = true
  }
}

resource "google_secret_manager_secret_iam_member" "reads" {
  for_each  = local.readers
  secret_id = google_secret_manager_secret.secret[each.value.secret].id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.members[each.value.role]
}
