# A network that only leads from Cloud Run to the database, which has no public address.

resource "google_compute_network" "daylog" {
  name                    = var.name
  auto_create_subnetworks = false
  depends_on              = [google_project_service.needed]
}

# An instance takes one or two addresses, also while another is on its way out: room for 250.
resource "google_compute_subnetwork" "run" {
  name                     = "${var.name}-run"
  network                  = google_compute_network.daylog.id
  region                   = var.region
  ip_cidr_range            = "10.0.0.0/23"
  private_ip_google_access = true
}

resource "google_compute_global_address" "services" {
  name          = "${var.name}-services"
  network       = google_compute_network.daylog.id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 20
}

resource "google_service_networking_connection" "services" {
  network                 = google_compute_network.daylog.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
}
