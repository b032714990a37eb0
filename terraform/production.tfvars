# Ten films at once and, with 900 streams on each instance, some 3,500 people who watch theirs being made.

keep_data = true

web = {
  least  = 1
  most   = 4
  cpu    = 2
  memory = 2
}

worker = {
  instances = 10
  cpu       = 2
  memory    = 4
  disk      = 10
}

database = {
  tier        = "db-custom-2-7680"
  standby     = true
  disk        = 20
  backups     = 14
  connections = 500
}
