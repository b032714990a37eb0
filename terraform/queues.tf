# Vlogs wait in one queue. A second one leads to the version that a build has deployed and nobody is served by.

locals {
  # the accounts that make tasks
  dispatchers = toset(["web", "worker", "events"])
  queues      = { vlogs = google_cloud_tasks_queue.vlogs.name, smoke = google_cloud_tasks_queue.smoke.name }
  dispatching = { for pair in setproduct(keys(local.queues), local.dispatchers) : "${pair[0]} by ${pair[1]}" => pair }
}

resource "google_cloud_tasks_queue" "vlogs" {
  name     = "${var.name}-vlogs"
  location = var.region

  rate_limits {
    max_dispatches_per_second = 10
    max_concurrent_dispatches = var.worker.instances * local.films_of_instance
  }

  # the first attempt and 3 retries: 10, 20, 40 s later, were there more at most 600 s
  retry_config {
    max_attempts = 4
    # no limit of time, so that the attempts alone decide
    max_retry_duration = "0s"
    min_backoff        = "10s"
    max_backoff        = "600s"
    max_doublings      = 6
  }

  # one operation in ten is logged
  stackdriver_logging_config {
    sampling_ratio = 0.1
  }
  depends_on = [google_project_service.needed]
}

# Whatever a task's own address says: to the candidate. Its token is for the audience that every revision answers to.
resource "google_cloud_tasks_queue" "smoke" {
  name     = "${var.name}-smoke"
  location = var.region

  http_target {
    uri_override {
      scheme                    = "HTTPS"
      host                      = local.hosts.candidate_worker
      uri_override_enforce_mode = "ALWAYS"
    }
  }
  rate_limits {
    max_dispatches_per_second = 1
    max_concurrent_dispatches = 1
  }
  retry_config {
    max_attempts       = 4
    max_retry_duration = "0s"
    min_backoff        = "10s"
    max_backoff        = "600s"
    max_doublings      = 6
  }
  stackdriver_logging_config {
    sampling_ratio = 1
  }
  depends_on = [google_project_service.needed]
}

resource "google_cloud_tasks_queue_iam_member" "dispatches" {
  for_each = local.dispatching
  location = var.region
  name     = local.queues[each.value[0]]
  role     = "roles/cloudtasks.enqueuer"
  member   = local.members[each.value[1]]
}

# The reconciler asks whether a task is still there.
resource "google_cloud_tasks_queue_iam_member" "worker_looks" {
  for_each = local.queues
  location = var.region
  name     = each.value
  role     = "roles/cloudtasks.viewer"
  member   = local.members["worker"]
}
