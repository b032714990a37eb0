# Small, with nothing kept warm, and easy to delete.

keep_data = false

web = {
  least  = 0
  most   = 2
  cpu    = 1
  memory = 1
}

worker = {
  instances = 2
  cpu       = 2
  memory    = 4
  disk      = 10
}

database = {
  tier        = "db-custom-1-3840"
  standby     = false
  disk        = 10
  backups     = 7
  connections = 250
}
