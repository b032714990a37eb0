# Cloud SQL: no public address, encrypted connections through Google's connector only, backups, recovery to any second
# of the last week.

locals {
  database_user = "daylog"
  # the most that one process opens: 10 to write, 10 to read, 4 for heartbeats (infra/postgres/store.py)
  connections_of_process = 24
  # every instance there may be, a candidate of web and of worker beside them, the migration's one, and what an
  # operator and Google itself need
  connections = local.connections_of_process * (var.web.most + local.worker_instances + local.events_instances + 2) + 1 + 20
}

resource "google_sql_database_instance" "daylog" {
  name                = var.name
  region              = var.region
  database_version    = "POSTGRES_18"
  deletion_protection = var.keep_data

  settings {
    edition                     = "ENTERPRISE"
    tier                        = var.database.tier
    availability_type           = var.database.standby ? "REGIONAL" : "ZONAL"
    disk_type                   = "PD_SSD"
    disk_size                   = var.database.disk
    disk_autoresize             = true
    connector_enforcement       = "REQUIRED"
    deletion_protection_enabled = var.keep_data
    retain_backups_on_delete    = var.keep_data

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.daylog.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      start_time                     = "18:00"
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7
      backup_retention_settings {
        retained_backups = var.database.backups
        retention_unit   = "COUNT"
      }
    }

    maintenance_window {
      day          = 7
      hour         = 19
      update_track = "stable"
    }

    insights_config {
      query_insights_enabled = true
    }

    database_flags {
      name  = "max_connections"
      value = local.connections
    }
    dynamic "database_flags" {
      for_each = {
        log_checkpoints    = "on"
        log_connections    = "off"
        log_disconnections = "off"
        log_lock_waits     = "on"
        log_temp_files     = "0"
        # a statement that takes longer than a poll may
        log_min_duration_statement = "1000"
      }
      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }
  }

  lifecycle {
    precondition {
      condition     = local.connections <= var.database.connections
      error_message = "${local.connections} connections may be asked for, and the database bears ${var.database.connections}: fewer instances, or a larger machine."
    }
  }
  depends_on = [google_service_networking_connection.services]
}

resource "google_sql_database" "daylog" {
  name     = "daylog"
  instance = google_sql_database_instance.daylog.name
  # PostgreSQL drops none that its users' tables are in: it goes with the server, which `keep_data` guards
  deletion_policy = "ABANDON"
}

resource "google_sql_user" "daylog" {
  name                = local.database_user
  instance            = google_sql_database_instance.daylog.name
  password_wo         = var.secrets == null ? "" : var.secrets.database_password
  password_wo_version = var.secret_versions.database_password
  # it owns the tables: to remove it is to remove the database
  deletion_policy = "ABANDON"
  # where a password that was not given is refused
  depends_on = [google_secret_manager_secret_version.value]
}
