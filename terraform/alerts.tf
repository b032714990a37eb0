# When somebody is written to. The README's operations guide says for each what it means and what to do.

locals {
  # PromQL, as Cloud Monitoring speaks it: https://cloud.google.com/monitoring/promql/promql-mapping. A metric that may
  # be of several kinds of resource, as those counted from log lines may, has to be asked for of one.
  count = { for name in concat(keys(local.counted), ["spent_sum"]) :
    name => "logging_googleapis_com:user_${replace(var.name, "-", "_")}_${name}{monitored_resource=\"cloud_run_revision\"}"
  }
  of_queue  = "monitored_resource=\"cloud_tasks_queue\",queue_id=\"${google_cloud_tasks_queue.vlogs.name}\""
  of_web    = "monitored_resource=\"cloud_run_revision\",service_name=\"${google_cloud_run_v2_service.web.name}\""
  of_worker = "monitored_resource=\"cloud_run_revision\",service_name=\"${google_cloud_run_v2_service.worker.name}\""
  of_sql    = "monitored_resource=\"cloudsql_database\",database_id=\"${var.project}:${google_sql_database_instance.daylog.name}\""

  alerts = {
    "failed jobs" = {
      query    = "sum(increase(${local.count.failed}[1h])) > 2 and sum(increase(${local.count.failed}[1h])) > 0.1 * sum(increase(${local.count.completed}[1h]) or vector(0))"
      duration = "0s"
      severity = "ERROR"
    }
    "stuck jobs" = {
      query    = "sum(increase(${local.count.rescued}[30m])) > 3"
      duration = "0s"
      severity = "ERROR"
    }
    "no reconciler" = {
      query    = "absent_over_time(run_googleapis_com:request_count{${local.of_worker},response_code_class=\"2xx\"}[10m])"
      duration = "0s"
      severity = "CRITICAL"
    }
    "spend" = {
      query    = "sum(increase(${local.count.spent_sum}[1d])) > ${0.8 * var.costs.daily}"
      duration = "0s"
      severity = "WARNING"
    }
    "queue depth" = {
      query    = "max(cloudtasks_googleapis_com:queue_depth{${local.of_queue}}) > ${10 * var.worker.instances}"
      duration = "900s"
      severity = "WARNING"
    }
    "defects" = {
      query    = "sum(increase(${local.count.defects}[10m])) > 0"
      duration = "0s"
      severity = "ERROR"
    }
    "web down" = {
      query    = "avg(avg_over_time(monitoring_googleapis_com:uptime_check_check_passed{monitored_resource=\"uptime_url\",host=\"${local.host}\"}[5m])) < 0.5"
      duration = "120s"
      severity = "CRITICAL"
    }
    "database connections" = {
      query    = "max(cloudsql_googleapis_com:database_postgresql_num_backends{${local.of_sql}}) > ${floor(0.8 * local.connections)}"
      duration = "300s"
      severity = "WARNING"
    }
  }
}

resource "google_monitoring_alert_policy" "alert" {
  for_each              = local.alerts
  display_name          = "${var.name}: ${each.key}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = [for channel in google_monitoring_notification_channel.mail : channel.id]

  conditions {
    display_name = each.key
    condition_prometheus_query_language {
      query               = each.value.query
      duration            = each.value.duration
      evaluation_interval = "60s"
      # a project that is new has counted nothing yet
      disable_metric_validation = true
    }
  }
  documentation {
    subject   = "Daylog in ${var.project}: ${each.key}"
    content   = "What it means and what to do: README, \"Operations\", \"${each.key}\"."
    mime_type = "text/markdown"
  }
  alert_strategy {
    auto_close = "86400s"
  }
  depends_on = [google_project_service.needed]
}
