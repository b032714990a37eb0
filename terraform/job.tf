# Brings the database to the newest schema. A build runs it, once, before anything new takes traffic. Told otherwise, it
# is an operator's way to the database: `gcloud run jobs execute … --args=-m,app.users,list`.

resource "google_cloud_run_v2_job" "migrate" {
  name                = "${var.name}-migrate"
  location            = var.region
  deletion_protection = var.keep_data

  template {
    task_count = 1
    template {
      service_account       = google_service_account.role["migrate"].email
      execution_environment = "EXECUTION_ENVIRONMENT_GEN2"
      timeout               = "900s"
      # A change waits 5 s for a table that is in use, then gives way to those who serve, and is tried again. A migration
      # is done whole or not at all, and one process migrates at a time.
      max_retries = 3

      vpc_access {
        egress = "PRIVATE_RANGES_ONLY"
        network_interfaces {
          network    = google_compute_network.daylog.id
          subnetwork = google_compute_subnetwork.run.id
        }
      }
      containers {
        image   = var.image
        command = ["python"]
        args    = ["-m", "app.migrate"]
        resources {
          limits = { cpu = "1", memory = "512Mi" }
        }
        dynamic "env" {
          for_each = local.settings.migrate
          content {
            name  = env.key
            value = env.value
          }
        }
        dynamic "env" {
          for_each = local.secrets_of.migrate
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
  }

  lifecycle {
    ignore_changes = [template[0].template[0].containers[0].image, client, client_version]
  }
  depends_on = [google_secret_manager_secret_version.value, google_secret_manager_secret_iam_member.reads, google_project_iam_member.database]
}
