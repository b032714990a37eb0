# That sizes fit one another: films at once, the queue, the scheduler's instance, the database. Nothing is made: the
# provider is played.

mock_provider "google" {}

variables {
  project           = "daylog-example"
  allowed           = ["@example.org"]
  sign_in_client_id = "123-abc.apps.googleusercontent.com"
  alert_addresses   = ["ops@example.org"]
  media             = { endpoint = "https://0123456789abcdef.r2.cloudflarestorage.com", bucket = "daylog-media" }
  web               = { least = 1, most = 3, cpu = 1, memory = 1 }
  worker            = { instances = 5, cpu = 2, memory = 4, disk = 10 }
  database          = { tier = "db-custom-2-7680", standby = true, disk = 20, backups = 14, connections = 500 }
}

run "one_film_on_an_instance_and_one_instance_for_the_scheduler" {
  command = plan

  assert {
    condition     = google_cloud_tasks_queue.vlogs.rate_limits[0].max_concurrent_dispatches == 5
    error_message = "Five films are made at once."
  }
  assert {
    condition     = google_cloud_run_v2_service.worker.template[0].max_instance_request_concurrency == 1
    error_message = "One film renders on all cores of its instance."
  }
  assert {
    condition     = google_cloud_run_v2_service.worker.scaling[0].max_instance_count == 6
    error_message = "The scheduler must find an instance when five films are being made."
  }
}

run "the_database_takes_all_connections_of_all_instances" {
  command = plan

  assert {
    # 24 for each of 3 web, 6 worker and 2 events instances, two candidates; the migration's, and 20 spare
    condition     = [for one in google_sql_database_instance.daylog.settings[0].database_flags : one.value if one.name == "max_connections"] == ["333"]
    error_message = "An instance may find the database full."
  }
}

run "more_instances_than_the_database_bears_are_refused" {
  command = plan
  variables {
    worker = { instances = 50, cpu = 2, memory = 4, disk = 10 }
  }
  expect_failures = [google_sql_database_instance.daylog]
}

run "memory_goes_with_the_processes_that_render" {
  command = plan
  variables {
    worker = { instances = 5, cpu = 4, memory = 2, disk = 10 }
  }
  expect_failures = [var.worker]
}

run "models_are_asked_only_where_they_are_chosen" {
  command = plan

  assert {
    condition     = length(google_project_iam_member.models) == 0
    error_message = "Nobody may ask models that nobody uses."
  }
}

run "who_chooses_veo_lets_the_worker_ask_it_and_nobody_else" {
  command = plan
  variables {
    generator = "veo"
  }

  assert {
    condition     = keys(google_project_iam_member.models) == ["worker"]
    error_message = "The worker alone asks models."
  }
}

run "what_holds_peoples_vlogs_is_not_deleted_by_mistake" {
  command = plan

  assert {
    condition     = google_sql_database_instance.daylog.deletion_protection && google_sql_database_instance.daylog.settings[0].deletion_protection_enabled && !google_storage_bucket.work.force_destroy
    error_message = "Terraform could delete the database."
  }
}

run "unless_an_operator_says_so" {
  command = plan
  variables {
    keep_data = false
  }

  assert {
    condition     = !google_sql_database_instance.daylog.deletion_protection && !google_sql_database_instance.daylog.settings[0].deletion_protection_enabled && google_storage_bucket.work.force_destroy
    error_message = "Terraform could not delete what the operator gave up."
  }
}
