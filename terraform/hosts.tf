# Where the services are found, known before they exist: Cloud Run derives a service's address from its name and the
# project's number, and that of a tagged revision from its tag (https://cloud.google.com/run/docs/triggering/https-request).

data "google_project" "this" {}

locals {
  domain = "${data.google_project.this.number}.${var.region}.run.app"
  hosts = {
    web              = "${var.name}-web-${local.domain}"
    worker           = "${var.name}-worker-${local.domain}"
    candidate_web    = "candidate---${var.name}-web-${local.domain}"
    candidate_worker = "candidate---${var.name}-worker-${local.domain}"
  }
  # by which people know us
  host       = coalesce(var.domain, local.hosts.web)
  public_url = "https://${local.host}"
  # whom tokens for the worker are for: every revision of it answers to this, whatever its address
  audience = "https://${var.name}-worker"
}
