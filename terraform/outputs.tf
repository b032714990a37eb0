# What an operator needs to know next.

output "public_url" {
  description = "Where people find Daylog."
  value       = local.public_url
}

output "redirect_uri" {
  description = "To be registered with the OAuth client."
  value       = "${local.public_url}/sign-in/callback"
}

output "media_cors" {
  description = "To be set on the R2 bucket, so that browsers may upload and watch."
  value = jsonencode([{
    AllowedOrigins = [local.public_url]
    AllowedMethods = ["GET", "HEAD", "PUT"]
    AllowedHeaders = ["*"]
    ExposeHeaders  = ["Content-Range", "ETag"]
    MaxAgeSeconds  = 3600
  }])
}

output "build_command" {
  description = "Deploys what is checked out."
  value       = "gcloud builds submit --config=cloudbuild.yaml --project=${var.project} --region=${var.region} --substitutions=_NAME=${var.name},_REGION=${var.region},_SIGN_IN_CLIENT_ID=${var.sign_in_client_id} --gcs-source-staging-dir=gs://${google_storage_bucket.source.name}/source"
}

output "dashboard" {
  description = "How Daylog is doing."
  value       = "https://console.cloud.google.com/monitoring/dashboards/builder/${reverse(split("/", google_monitoring_dashboard.daylog.id))[0]}?project=${var.project}"
}
