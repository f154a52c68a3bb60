resource "google_service_account" "loader" {
  account_id   = "${var.name}-loader"
  display_name = "Lands change files in BigQuery"

  depends_on = [google_project_service.this]
}

resource "google_service_account" "dataform" {
  account_id   = "${var.name}-dataform"
  display_name = "Builds the models"

  depends_on = [google_project_service.this]
}

resource "google_service_account" "scheduler" {
  account_id   = "${var.name}-scheduler"
  display_name = "Starts the loader"

  depends_on = [google_project_service.this]
}

# Datastream's own account writes the change files.
resource "google_storage_bucket_iam_member" "datastream" {
  for_each = toset(["roles/storage.objectCreator", "roles/storage.objectViewer", "roles/storage.legacyBucketReader"])

  bucket = google_storage_bucket.changes.name
  role   = each.key
  member = local.datastream_agent
}

# The loader reads them and never writes there.
resource "google_storage_bucket_iam_member" "loader" {
  bucket = google_storage_bucket.changes.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.loader.member
}

# Jobs, and `CREATE SCHEMA IF NOT EXISTS`, which asks for the right to create even where nothing is to be created.
resource "google_project_iam_member" "bigquery_user" {
  for_each = {
    loader   = google_service_account.loader.member
    dataform = google_service_account.dataform.member
  }

  project = var.project
  role    = "roles/bigquery.user"
  member  = each.value
}

locals {
  landing_datasets = merge(
    { for key, dataset in google_bigquery_dataset.raw : key => dataset.dataset_id },
    { state = google_bigquery_dataset.state.dataset_id },
    { staging = google_bigquery_dataset.staging.dataset_id },
  )
}

resource "google_bigquery_dataset_iam_member" "loader" {
  for_each = local.landing_datasets

  dataset_id = each.value
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.loader.member
}

# Dataform reads what has landed and writes what is built of it.
resource "google_bigquery_dataset_iam_member" "dataform_reads" {
  for_each = { for key, dataset in local.landing_datasets : key => dataset if key != "staging" }

  dataset_id = each.value
  role       = "roles/bigquery.dataViewer"
  member     = google_service_account.dataform.member
}

resource "google_bigquery_dataset_iam_member" "dataform_writes" {
  for_each = google_bigquery_dataset.models

  dataset_id = each.value.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.dataform.member
}

# The Dataform service acts as the account that builds.
resource "google_service_account_iam_member" "dataform_agent" {
  for_each = toset(["roles/iam.serviceAccountTokenCreator", "roles/iam.serviceAccountUser"])

  service_account_id = google_service_account.dataform.name
  role               = each.key
  member             = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-dataform.iam.gserviceaccount.com"

  depends_on = [google_dataform_repository.this]
}

# Who deploys commits to this repository and sets its release and workflow, which the editor's role may not, and lets it
# run as that account.
resource "google_dataform_repository_iam_member" "deployers" {
  for_each = var.deployers
  provider = google-beta

  region     = var.region
  repository = google_dataform_repository.this.name
  role       = "roles/dataform.admin"
  member     = each.key
}

resource "google_service_account_iam_member" "deployers" {
  for_each = var.deployers

  service_account_id = google_service_account.dataform.name
  role               = "roles/iam.serviceAccountUser"
  member             = each.key
}
