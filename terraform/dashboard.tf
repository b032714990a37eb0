# One page on which to see how Daylog is doing.

locals {
  charts = {
    "films made, failed, rescued in an hour" = [for name in ["completed", "failed", "rescued"] : "sum(increase(${local.count[name]}[1h]))"]
    "vlogs in the queue"                     = ["max(cloudtasks_googleapis_com:queue_depth{${local.of_queue}})"]
    "US dollars ordered in a day"            = ["sum(increase(${local.count.spent_sum}[1d]))"]
    "errors of ours in an hour"              = ["sum(increase(${local.count.defects}[1h]))"]
    "requests to the web, by answer"         = ["sum by (response_code_class) (rate(run_googleapis_com:request_count{${local.of_web}}[5m]))"]
    "slowest hundredth of the web's, ms"     = ["histogram_quantile(0.99, sum by (le) (rate(run_googleapis_com:request_latencies_bucket{${local.of_web}}[5m])))"]
    "instances of web and worker"            = [for of in [local.of_web, local.of_worker] : "sum(run_googleapis_com:container_instance_count{${of}})"]
    "the worker's memory, fullest hundredth" = ["histogram_quantile(0.99, sum by (le) (rate(run_googleapis_com:container_memory_utilizations_bucket{${local.of_worker}}[5m])))"]
    "connections to the database"            = ["max(cloudsql_googleapis_com:database_postgresql_num_backends{${local.of_sql}})"]
    "the database's disk, share in use"      = ["max(cloudsql_googleapis_com:database_disk_utilization{${local.of_sql}})"]
  }
}

resource "google_monitoring_dashboard" "daylog" {
  dashboard_json = jsonencode({
    displayName = "Daylog"
    mosaicLayout = {
      columns = 12
      tiles = [for place, title in keys(local.charts) : {
        xPos   = 6 * (place % 2)
        yPos   = 4 * floor(place / 2)
        width  = 6
        height = 4
        widget = {
          title = title
          xyChart = {
            dataSets = [for query in local.charts[title] : {
              plotType        = "LINE"
              timeSeriesQuery = { prometheusQuery = query }
            }]
          }
        }
      }]
    }
  })
  depends_on = [google_project_service.needed]
}
