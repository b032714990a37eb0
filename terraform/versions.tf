# Which Terraform and which provider this is written for, and where what it knows of the project is kept.

terraform {
  # write-only arguments, which keep secrets out of plan and state
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 8.7"
    }
  }

  # The bucket is named by `terraform init -backend-config=bucket=…`: it must exist before anything else does.
  backend "gcs" {
    prefix = "daylog"
  }
}

provider "google" {
  project = var.project
  region  = var.region
}
