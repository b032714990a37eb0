# The two services, of one image: the web, open to everybody, and the worker, open to our two callers.
#
# Cloud Build deploys the image and says which revision is served (cloudbuild.yaml): both are ignored here. A change
# made here is a new revision that nobody is served by until the next build has tried and promoted it. A revision's
# name is not ignored: it would be kept, and Cloud Run takes no name twice. Instances are kept warm for the service and
# not for each revision: one that only has a tag would keep its own.

locals {
  # One film on an instance: it renders on all cores. One instance more than films, so that the scheduler is answered
  # while all of them render: it is needed most then.
  films_of_instance = 1
  worker_instances  = var.worker.instances + 1
  # seconds: the longest that Cloud Tasks waits for an answer
  worker_timeout = 1800
  # requests on one web instance; nine tenths of them may be streams
  web_concurrency = 1000
}

resource "google_cloud_run_v2_service" "web" {
  name                = "${var.name}-web"
  location            = var.region
  ingress             = "INGRESS_TRAFFIC_ALL"
  deletion_protection = var.keep_data

  scaling {
    min_instance_count = var.web.least
    max_instance_count = var.web.most
  }

  template {
    service_account       = google_service_account.role["web"].email
    execution_environment = "EXECUTION_ENVIRONMENT_GEN2"
    # a stream may last an hour; browsers come back to it
    timeout                          = "3600s"
    max_instance_request_concurrency = local.web_concurrency

    scaling {
      max_instance_count = var.web.most
    }
    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"
      network_interfaces {
        network    = google_compute_network.daylog.id
        subnetwork = google_compute_subnetwork.run.id
      }
    }

    containers {
      image = var.image
      resources {
        limits = { cpu = var.web.cpu, memory = "${var.web.memory}Gi" }
        # an open stream is an open request: whoever is watched has its CPU
        cpu_idle          = true
        startup_cpu_boost = true
      }
      dynamic "env" {
        for_each = local.settings.web
        content {
          name  = env.key
          value = env.value
        }
      }
      dynamic "env" {
        for_each = local.secrets_of.web
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }
      startup_probe {
        period_seconds    = 2
        timeout_seconds   = 2
        failure_threshold = 60
        http_get {
          path = "/ready"
        }
      }
      liveness_probe {
        period_seconds    = 30
        timeout_seconds   = 10
        failure_threshold = 4
        http_get {
          path = "/healthz"
        }
      }
      volume_mounts {
        name       = "cloudsql"
        mount_path = "/cloudsql"
      }
    }
    volumes {
      name = "cloudsql"
      cloud_sql_instance {
        instances = [google_sql_database_instance.daylog.connection_name]
      }
    }
  }

  lifecycle {
    ignore_changes = [template[0].containers[0].image, traffic, client, client_version]
  }
  depends_on = [google_secret_manager_secret_version.value, google_secret_manager_secret_iam_member.reads, google_project_iam_member.database]
}

resource "google_cloud_run_v2_service" "worker" {
  name                = "${var.name}-worker"
  location            = var.region
  ingress             = "INGRESS_TRAFFIC_INTERNAL_ONLY"
  custom_audiences    = [local.audience]
  deletion_protection = var.keep_data
  # for the disk
  launch_stage = "BETA"

  scaling {
    max_instance_count = local.worker_instances
  }

  template {
    service_account                  = google_service_account.role["worker"].email
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    timeout                          = "${local.worker_timeout}s"
    max_instance_request_concurrency = local.films_of_instance

    scaling {
      max_instance_count = local.worker_instances
    }
    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"
      network_interfaces {
        network    = google_compute_network.daylog.id
        subnetwork = google_compute_subnetwork.run.id
      }
    }

    containers {
      image = var.image
      resources {
        limits            = { cpu = var.worker.cpu, memory = "${var.worker.memory}Gi" }
        cpu_idle          = true
        startup_cpu_boost = true
      }
      dynamic "env" {
        for_each = local.settings.worker
        content {
          name  = env.key
          value = env.value
        }
      }
      dynamic "env" {
        for_each = local.secrets_of.worker
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }
      startup_probe {
        period_seconds    = 2
        timeout_seconds   = 2
        failure_threshold = 60
        http_get {
          path = "/ready"
        }
      }
      liveness_probe {
        period_seconds    = 30
        timeout_seconds   = 10
        failure_threshold = 4
        http_get {
          path = "/healthz"
        }
      }
      volume_mounts {
        name       = "scratch"
        mount_path = "/tmp"
      }
      volume_mounts {
        name       = "cloudsql"
        mount_path = "/cloudsql"
      }
    }
    # media and pieces of the film that is being made; Cloud Run's own file system is memory
    volumes {
      name = "scratch"
      empty_dir {
        medium     = "DISK"
        size_limit = "${var.worker.disk}Gi"
      }
    }
    volumes {
      name = "cloudsql"
      cloud_sql_instance {
        instances = [google_sql_database_instance.daylog.connection_name]
      }
    }
  }

  lifecycle {
    ignore_changes = [template[0].containers[0].image, traffic, client, client_version]
  }
  depends_on = [google_secret_manager_secret_version.value, google_secret_manager_secret_iam_member.reads, google_project_iam_member.database]
}

# ---- who may call them

locals {
  services = {
    web    = google_cloud_run_v2_service.web.name
    worker = google_cloud_run_v2_service.worker.name
    events = google_cloud_run_v2_service.events.name
  }
}

resource "google_cloud_run_v2_service_iam_member" "everybody_calls_web" {
  location = var.region
  name     = local.services.web
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service_iam_member" "calls_worker" {
  for_each = toset(["tasks", "scheduler"])
  location = var.region
  name     = local.services.worker
  role     = "roles/run.invoker"
  member   = local.members[each.key]
}
