# Files, release and workflow are `streamform deploy`'s: what it deploys is what the project's commit says.
resource "google_dataform_repository" "this" {
  provider = google-beta

  name            = var.name
  region          = var.region
  service_account = google_service_account.dataform.email
  deletion_policy = var.allow_destroy ? "FORCE" : "DELETE"

  depends_on = [google_project_service.this]
}
