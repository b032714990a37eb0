# What the worker does by the clock: put right what was left undone, and clear away what nobody needs.

resource "google_cloud_scheduler_job" "worker" {
  for_each = {
    reconcile = { schedule = "* * * * *", deadline = "180s", purpose = "Jobs that were left behind go on." }
    sweep     = { schedule = "17 * * * *", deadline = "1800s", purpose = "The stores are rid of what was forgotten." }
  }
  name             = "${var.name}-${each.key}"
  region           = var.region
  description      = each.value.purpose
  schedule         = each.value.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = each.value.deadline

  http_target {
    http_method = "POST"
    uri         = "https://${local.hosts.worker}/internal/tasks/${each.key}"
    oidc_token {
      service_account_email = google_service_account.role["scheduler"].email
      audience              = local.audience
    }
  }
  # the next minute's call does what this one could not
  retry_config {
    retry_count = 0
  }
  depends_on = [google_project_service.needed]
}
