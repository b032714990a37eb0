# Where people and machines find the services, with a domain and without one. Nothing is made: the provider is played.

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project           = "daylog-example"
  allowed           = ["@example.org"]
  sign_in_client_id = "123-abc.apps.googleusercontent.com"
  alert_addresses   = ["ops@example.org"]
  media             = { endpoint = "https://0123456789abcdef.r2.cloudflarestorage.com", bucket = "daylog-media" }
  web               = { least = 0, most = 2, cpu = 1, memory = 1 }
  worker            = { instances = 2, cpu = 2, memory = 4, disk = 10 }
  database          = { tier = "db-custom-1-3840", standby = false, disk = 10, backups = 7, connections = 250 }
}

run "without_a_domain_people_come_by_cloud_runs_own" {
  command = plan

  assert {
    condition     = output.public_url == "https://daylog-web-123456789012.us-central1.run.app"
    error_message = "${output.public_url} is not where Cloud Run answers."
  }
  assert {
    condition     = output.redirect_uri == "${output.public_url}/sign-in/callback"
    error_message = "Google would send people to ${output.redirect_uri}."
  }
  assert {
    condition     = jsondecode(output.media_cors)[0].AllowedOrigins == [output.public_url]
    error_message = "Browsers on ${output.public_url} could not upload."
  }
  assert {
    condition     = google_monitoring_uptime_check_config.web.monitored_resource[0].labels.host == trimprefix(output.public_url, "https://")
    error_message = "Something else is watched than people use."
  }
}

run "with_a_domain_they_come_by_that_and_are_let_in_by_both" {
  command = plan
  variables {
    domain = "vlogs.example.org"
  }

  assert {
    condition     = output.public_url == "https://vlogs.example.org"
    error_message = "${output.public_url} is not the domain."
  }
  assert {
    condition     = jsondecode(output.media_cors)[0].AllowedOrigins == ["https://vlogs.example.org"]
    error_message = "Browsers on the domain could not upload."
  }
  assert {
    condition = [for one in google_cloud_run_v2_service.web.template[0].containers[0].env : jsondecode(one.value) if one.name == "HOSTS"] == [[
      "vlogs.example.org",
      "daylog-web-123456789012.us-central1.run.app",
      "candidate---daylog-web-123456789012.us-central1.run.app",
    ]]
    error_message = "The web must answer to its domain, to Cloud Run's name and to its candidate's."
  }
}

run "another_name_and_region_are_everywhere" {
  command = plan
  variables {
    name   = "diary"
    region = "asia-northeast1"
  }

  assert {
    condition     = output.public_url == "https://diary-web-123456789012.asia-northeast1.run.app"
    error_message = "${output.public_url} has not the name and region that were given."
  }
  assert {
    condition     = strcontains(output.build_command, "_NAME=diary,_REGION=asia-northeast1,")
    error_message = "A build would deploy somewhere else: ${output.build_command}"
  }
  assert {
    condition     = google_cloud_tasks_queue.smoke.http_target[0].uri_override[0].host == "candidate---diary-worker-123456789012.asia-northeast1.run.app"
    error_message = "The smoke queue leads elsewhere."
  }
}
