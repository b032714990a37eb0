# As soon as Veo has laid a clip into the work store its job goes on, instead of at the next poll. All works without.
# The trigger fires for every object: Cloud Storage's events cannot be chosen by prefix.

locals {
  events_instances = 2
  # of the image that is ours; the one that stands in for it until the first build has no such command
  events_command = var.image == "us-docker.pkg.dev/cloudrun/container/hello" ? null : ["functions-framework"]
  events_args    = local.events_command == null ? null : ["--target=object_finalized", "--source=app/events.py"]
}

resource "google_cloud_run_v2_service" "events" {
  name                = "${var.name}-events"
  location            = var.region
  ingress             = "INGRESS_TRAFFIC_INTERNAL_ONLY"
  deletion_protection = var.keep_data

  scaling {
    max_instance_count = local.events_instances
  }

  template {
    service_account                  = google_service_account.role["events"].email
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"
    timeout                          = "60s"
    max_instance_request_concurrency = 80

    scaling {
      max_instance_count = local.events_instances
    }
    vpc_access {
      egress = "PRIVATE_RANGES_ONLY"
      network_interfaces {
        network    = google_compute_network.daylog.id
        subnetwork = google_compute_subnetwork.run.id
      }
    }

    containers {
      image   = var.image
      command = local.events_command
      args    = local.events_args
      resources {
        limits            = { cpu = 1, memory = "1Gi" }
        cpu_idle          = true
        startup_cpu_boost = true
      }
      dynamic "env" {
        for_each = local.settings.events
        content {
          name  = env.key
          value = env.value
        }
      }
      dynamic "env" {
        for_each = local.secrets_of.events
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
    ignore_changes = [
      template[0].containers[0].image, template[0].containers[0].command, template[0].containers[0].args,
      traffic, client, client_version,
    ]
  }
  depends_on = [google_secret_manager_secret_version.value, google_secret_manager_secret_iam_member.reads, google_project_iam_member.database]
}

resource "google_cloud_run_v2_service_iam_member" "calls_events" {
  location = var.region
  name     = local.services.events
  role     = "roles/run.invoker"
  member   = local.members["trigger"]
}

resource "google_eventarc_trigger" "finalized" {
  name            = "${var.name}-finalized"
  location        = var.region
  service_account = google_service_account.role["trigger"].email

  matching_criteria {
    attribute = "type"
    value     = "google.cloud.storage.object.v1.finalized"
  }
  matching_criteria {
    attribute = "bucket"
    value     = google_storage_bucket.work.name
  }
  destination {
    cloud_run_service {
      service = google_cloud_run_v2_service.events.name
      region  = var.region
    }
  }
  depends_on = [
    google_project_iam_member.events, google_project_iam_member.storage_events,
    google_cloud_run_v2_service_iam_member.calls_events,
  ]
}
