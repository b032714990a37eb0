# What is counted from our log lines, what is shown, and when somebody is written to. The README says for each alert
# what it means and what to do.

locals {
  from_worker = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${google_cloud_run_v2_service.worker.name}\""
  from_us     = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=(${join(" OR ", [for name in values(local.services) : "\"${name}\""])})"

  # A job ends where it was worked on, or where the reconciler gives it up; both say how it stands then. Nobody else
  # says so: internal/runner.py, internal/reconciler.py.
  of_jobs = "${local.from_worker} AND jsonPayload.logger=(\"internal.runner\" OR \"internal.reconciler\")"

  counted = {
    completed = {
      filter  = "${local.of_jobs} AND jsonPayload.status=(\"completed\" OR \"partial\")"
      meaning = "Films made."
    }
    failed = {
      filter  = "${local.of_jobs} AND jsonPayload.status=\"failed\""
      meaning = "Jobs that ended without a film."
    }
    rescued = {
      filter  = "${local.of_jobs} AND jsonPayload.message=~\"^job [^ ]+ (lease expired|dispatch lost)$\""
      meaning = "Jobs that stood still until the reconciler found them."
    }
    defects = {
      filter  = "${local.from_us} AND severity>=ERROR AND jsonPayload.logger:*"
      meaning = "Errors that are ours or our set-up's, not a user's."
    }
  }
}

resource "google_logging_metric" "counted" {
  for_each    = local.counted
  name        = "${var.name}/${each.key}"
  description = each.value.meaning
  filter      = each.value.filter
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"
  }
  depends_on = [google_project_service.needed]
}

resource "google_logging_metric" "spent" {
  name            = "${var.name}/spent"
  description     = "US dollars for what was ordered of the generator, or may have been."
  filter          = "${local.from_worker} AND jsonPayload.logger=\"internal.paying.ordering\" AND jsonPayload.usd>0"
  value_extractor = "EXTRACT(jsonPayload.usd)"
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = "1"
  }
  bucket_options {
    explicit_buckets {
      bounds = [0, 0.25, 0.5, 1, 2, 4]
    }
  }
  depends_on = [google_project_service.needed]
}

resource "google_monitoring_uptime_check_config" "web" {
  display_name = "${var.name}: the web answers"
  period       = "60s"
  timeout      = "10s"
  http_check {
    # not /healthz: Google's own front keeps addresses that end so for itself
    path         = "/ready"
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }
  monitored_resource {
    type   = "uptime_url"
    labels = { project_id = var.project, host = local.host }
  }
  depends_on = [google_project_service.needed]
}

resource "google_monitoring_notification_channel" "mail" {
  for_each     = var.alert_addresses
  display_name = "${var.name}: ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }
  depends_on   = [google_project_service.needed]
}
