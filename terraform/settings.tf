# What app/settings.py reads, for each role: plain values here, secrets by name.

locals {
  media_users    = toset(["web", "worker"])
  database_users = toset(["web", "worker", "events", "migrate"])

  # whoever dispatches must say where to and for whom
  common = {
    PROFILE                   = "cloud"
    TASKS_QUEUE               = google_cloud_tasks_queue.vlogs.id
    TASKS_TARGET              = "https://${local.hosts.worker}"
    TASKS_SERVICE_ACCOUNT     = google_service_account.role["tasks"].email
    SCHEDULER_SERVICE_ACCOUNT = google_service_account.role["scheduler"].email
    TASKS_AUDIENCE            = local.audience
    DISPATCH_DEADLINE         = local.worker_timeout
    SMOKE_ACCOUNT             = google_service_account.role["smoke"].email
    SMOKE_QUEUE               = google_cloud_tasks_queue.smoke.id
    WORK_BUCKET               = google_storage_bucket.work.name
    PUBLIC_URL                = local.public_url
    GOOGLE_PROJECT            = var.project
    ANALYST                   = var.analyst
    GENERATOR                 = var.generator
    VEO_LOCATION              = var.region
    VLOG_COST                 = var.costs.vlog
    OWNER_DAILY_COST          = var.costs.owner_daily
    DAILY_COST                = var.costs.daily
  }
  media = {
    MEDIA_ENDPOINT = var.media.endpoint
    MEDIA_BUCKET   = var.media.bucket
  }
  settings = {
    web = merge(local.common, local.media, {
      SERVE             = "web"
      HOSTS             = jsonencode(compact([var.domain, local.hosts.web, local.hosts.candidate_web]))
      AUTH              = "google"
      SIGN_IN_CLIENT_ID = var.sign_in_client_id
      ALLOWED           = jsonencode(concat(sort(var.allowed), [google_service_account.role["smoke"].email]))
      THREADS           = local.web_concurrency
    })
    # nobody reaches it but by Cloud Run's own check of who calls
    worker = merge(local.common, local.media, {
      SERVE        = "worker"
      TASK_AUTH    = "iam"
      HOSTS        = jsonencode([local.hosts.worker, local.hosts.candidate_worker])
      RENDER_CORES = var.worker.cpu
    })
    events = local.common
    # what it runs asks the database alone
    migrate = { PROFILE = "cloud" }
  }
  secret_settings = {
    DATABASE_URL          = "database-url"
    MEDIA_ACCESS_KEY      = "media-access-key"
    MEDIA_SECRET_KEY      = "media-secret-key"
    SIGN_IN_CLIENT_SECRET = "sign-in-client-secret"
    SESSION_KEY           = "session-key"
  }
  # of each role, the secrets that it may read
  secrets_of = { for role in keys(local.settings) : role => {
    for setting, secret in local.secret_settings : setting => google_secret_manager_secret.secret[secret].secret_id
    if contains(local.secrets[secret].readers, role)
  } }
}
