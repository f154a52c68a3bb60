variable "project" {
  description = "The id of the project that everything lives in."
  type        = string
}

variable "region" {
  description = "Where bucket, stream, loader, repository and datasets are: europe-west3, us-central1 ..."
  type        = string
}

variable "name" {
  description = "What names begin with."
  type        = string
  default     = "streamform"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,18}[a-z0-9]$", var.name))
    error_message = "Lower-case letters, digits and dashes; 4 to 20 of them, beginning with a letter."
  }
}

variable "databases" {
  description = "The source's databases (MySQL) or schemas (PostgreSQL) that are streamed, as the source writes them."
  type        = set(string)

  validation {
    condition     = length(var.databases) > 0
    error_message = "Name at least one database."
  }
}

variable "model_datasets" {
  description = "Datasets that Dataform writes: of the models, of their assertions."
  type        = set(string)
}

variable "mysql" {
  description = "The MySQL source; null if there is none. The password is a version of a secret: see secret_ids."
  type = object({
    hostname  = string
    port      = optional(number, 3306)
    username  = string
    gtid      = optional(bool, false)
    databases = set(string)
  })
  default = null
}

variable "postgresql" {
  description = "The PostgreSQL source; null if there is none. Publication and replication slot are made on the source."
  type = object({
    hostname         = string
    port             = optional(number, 5432)
    username         = string
    database         = string
    schemas          = set(string)
    publication      = string
    replication_slot = string
  })
  default = null
}

variable "stream_state" {
  description = "NOT_STARTED: created, nothing flows and nothing costs. RUNNING: streams. PAUSED: stopped for a while."
  type        = string
  default     = "NOT_STARTED"

  validation {
    condition     = contains(["NOT_STARTED", "RUNNING", "PAUSED"], var.stream_state)
    error_message = "One of NOT_STARTED, RUNNING, PAUSED."
  }
}

variable "loader_image" {
  description = "The loader's image with its digest: REGION-docker.pkg.dev/PROJECT/streamform/loader@sha256:...; null before the first is pushed."
  type        = string
  default     = null
}

variable "loader_schedule" {
  description = "When the loader runs, in cron's form."
  type        = string
  default     = "*/10 * * * *"
}

variable "time_zone" {
  description = "Of schedules."
  type        = string
  default     = "UTC"
}

variable "keep_files_days" {
  description = "Change files older than this are deleted; null: never. A full rebuild of raw tables needs them."
  type        = number
  default     = null
}

variable "alert_email" {
  description = "Who is told of what goes wrong."
  type        = string
}

variable "billing_account" {
  description = "The billing account of the budget: 000000-000000-000000; null: no budget."
  type        = string
  default     = null
}

variable "monthly_budget" {
  description = "In the billing account's currency; half, nine tenths and all of it are told."
  type        = number
  default     = 100
}

variable "deployers" {
  description = "Who may run `streamform deploy`: members such as user:ada@example.com."
  type        = set(string)
  default     = []
}

variable "allow_destroy" {
  description = "True lets `terraform destroy` delete buckets, datasets and repository with all that they hold."
  type        = bool
  default     = false
}
