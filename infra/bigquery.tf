locals {
  # As the loader names them: what a dataset's name may not hold becomes `_`.
  raw_datasets = toset([for database in var.databases : "${replace(database, "/[^A-Za-z0-9_]/", "_")}_raw"])
}

# The ledger, dead letters, runs.
resource "google_bigquery_dataset" "state" {
  dataset_id                 = "streamform"
  description                = "streamform's own tables: the ledger of change files, dead letters, runs"
  location                   = var.region
  delete_contents_on_destroy = var.allow_destroy

  depends_on = [google_project_service.this]
}

# Between a load job and the commit; what a crash leaves is gone after a day.
resource "google_bigquery_dataset" "staging" {
  dataset_id                  = "streamform_staging"
  description                 = "Parts that wait for their commit"
  location                    = var.region
  default_table_expiration_ms = 86400000
  delete_contents_on_destroy  = true

  depends_on = [google_project_service.this]
}

resource "google_bigquery_dataset" "raw" {
  for_each = local.raw_datasets

  dataset_id                 = each.key
  description                = "Change events as they arrived"
  location                   = var.region
  delete_contents_on_destroy = var.allow_destroy

  depends_on = [google_project_service.this]
}

resource "google_bigquery_dataset" "models" {
  for_each = var.model_datasets

  dataset_id                 = each.key
  location                   = var.region
  delete_contents_on_destroy = var.allow_destroy

  depends_on = [google_project_service.this]
}
