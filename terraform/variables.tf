# What an operator decides. Sizes for staging and production are in staging.tfvars and production.tfvars; what is one
# installation's own (project, who may sign in, R2) goes into a file of its own, and secrets into the environment.

variable "project" {
  description = "Id of the Google Cloud project, which holds one Daylog and nothing else."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "A project id has 6 to 30 small letters, digits and hyphens, and begins with a letter."
  }
}

variable "region" {
  description = "Where everything runs and is kept. Veo's location too, for it reads and writes the work bucket."
  type        = string
  default     = "us-central1"
  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "A region is named like us-central1."
  }
}

variable "name" {
  description = "What the names of all resources begin with; `_NAME` in cloudbuild.yaml."
  type        = string
  default     = "daylog"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,13}$", var.name))
    error_message = "At most 14 small letters, digits and hyphens: service accounts' ids and hosts' names have little room."
  }
}

variable "image" {
  description = "What the services run until the first build deploys ours."
  type        = string
  default     = "us-docker.pkg.dev/cloudrun/container/hello"
}

variable "keep_data" {
  description = "Whether Google refuses to delete the database and a bucket that holds something."
  type        = bool
  default     = true
}

# ---- who and where

variable "domain" {
  description = "Host name that people know Daylog by, mapped to the web service by yourself; none: Cloud Run's own."
  type        = string
  default     = null
  validation {
    condition     = var.domain == null ? true : can(regex("^[a-z0-9.-]+\\.[a-z]+$", var.domain))
    error_message = "A domain is a host name without scheme and path, such as vlogs.example.org."
  }
}

variable "allowed" {
  description = "Who may sign in: addresses, and domains as @example.org."
  type        = set(string)
  validation {
    condition     = length(var.allowed) > 0 && alltrue([for one in var.allowed : can(regex("^[^@ ]*@[^@ ]+\\.[^@ ]+$", one))])
    error_message = "At least one, each an address or a domain with @ in front."
  }
}

variable "sign_in_client_id" {
  description = "Of the OAuth client, whose redirect URI is the output `redirect_uri`."
  type        = string
  validation {
    condition     = endswith(var.sign_in_client_id, ".apps.googleusercontent.com")
    error_message = "A client id ends in .apps.googleusercontent.com."
  }
}

variable "alert_addresses" {
  description = "Who is written to when something is wrong."
  type        = set(string)
  validation {
    condition     = length(var.alert_addresses) > 0
    error_message = "Somebody must hear of it: name an address."
  }
}

# ---- the media store, which is Cloudflare's

variable "media" {
  description = "The R2 bucket, and the endpoint of its account."
  type        = object({ endpoint = string, bucket = string })
  validation {
    condition     = can(regex("^https://[a-z0-9.-]+\\.r2\\.cloudflarestorage\\.com$", var.media.endpoint))
    error_message = "The endpoint is https://ACCOUNT.r2.cloudflarestorage.com (or ACCOUNT.eu.…), without a path."
  }
}

# ---- secrets: given when they are made or change, kept by Secret Manager and Cloud SQL, never in plan or state

variable "secrets" {
  description = "Values of the secrets; TF_VAR_secrets as JSON. Not needed while no version changes."
  type = object({
    database_password     = string
    media_access_key      = string
    media_secret_key      = string
    sign_in_client_secret = string
    session_key           = string
  })
  default   = null
  ephemeral = true
  sensitive = true
  validation {
    condition     = var.secrets == null ? true : length(var.secrets.session_key) >= 32 && can(regex("^[!-~]{16,}$", var.secrets.database_password))
    error_message = "Give session_key 32 characters or more, database_password 16 or more, without spaces."
  }
}

variable "secret_versions" {
  description = "Which edition of each secret is kept: raise its number to have the value in `secrets` written."
  type = object({
    database_password     = optional(number, 1)
    media_access_key      = optional(number, 1)
    media_secret_key      = optional(number, 1)
    sign_in_client_secret = optional(number, 1)
    session_key           = optional(number, 1)
  })
  default = {}
}

# ---- what films are made with, and what they may cost

variable "analyst" {
  description = "Who looks at media: measured facts alone, or gemini too."
  type        = string
  default     = "measured"
  validation {
    condition     = contains(["measured", "gemini"], var.analyst)
    error_message = "One of measured, gemini."
  }
}

variable "generator" {
  description = "Who brings photos to life: panned (here, at no cost) or veo."
  type        = string
  default     = "panned"
  validation {
    condition     = contains(["panned", "veo"], var.generator)
    error_message = "One of panned, veo."
  }
}

variable "costs" {
  description = "US dollars: for a vlog whose user names no limit; for one user, for all, in 24 hours."
  type        = object({ vlog = number, owner_daily = number, daily = number })
  default     = { vlog = 2, owner_daily = 10, daily = 100 }
  validation {
    condition     = 0 <= var.costs.vlog && var.costs.vlog <= var.costs.owner_daily && var.costs.owner_daily <= var.costs.daily
    error_message = "None is negative, and a vlog's limit is not above a user's, nor that above everybody's."
  }
}

# ---- sizes

variable "web" {
  description = "The web service: instances kept warm and at most, vCPU, GiB."
  type        = object({ least = number, most = number, cpu = number, memory = number })
  validation {
    condition     = 0 <= var.web.least && var.web.least <= var.web.most && contains([1, 2, 4], var.web.cpu)
    error_message = "No more kept warm than there may be; 1, 2 or 4 vCPU."
  }
  validation {
    condition     = var.web.memory >= 1
    error_message = "A thousand threads with their streams took 512 MB: give 1 GiB or more."
  }
}

variable "worker" {
  description = "The worker: films made at once, each on an instance of its own; vCPU, GiB, GiB of disk for media."
  type        = object({ instances = number, cpu = number, memory = number, disk = number })
  validation {
    condition     = 1 <= var.worker.instances && var.worker.instances <= 100 && contains([2, 4, 8], var.worker.cpu)
    error_message = "1 to 100 instances; 2, 4 or 8 vCPU."
  }
  validation {
    # measured: 838 MiB for two processes that render 1080p; the rest is for what each further one holds, and decoders
    condition     = var.worker.memory >= var.worker.cpu
    error_message = "One GiB for each process that renders, of which there is one for each vCPU."
  }
  validation {
    condition     = var.worker.disk >= 10
    error_message = "Cloud Run's disks have 10 GiB or more."
  }
}

variable "database" {
  description = "Cloud SQL: machine type, whether a second one stands by in another zone, GiB, days of backups, and the most connections that its memory bears."
  type        = object({ tier = string, standby = bool, disk = number, backups = number, connections = number })
  validation {
    condition     = can(regex("^db-custom-[0-9]+-[0-9]+$", var.database.tier))
    error_message = "A machine type of its own, such as db-custom-1-3840: shared ones bear too few connections."
  }
  validation {
    condition     = var.database.backups >= 7
    error_message = "Keep a week of backups or more: point-in-time recovery reaches back 7 days."
  }
}
