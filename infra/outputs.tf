output "stream_path" {
  description = "For `stream: path:` in streamform.yaml; with both sources, a project of its own for each."
  value       = [for source in local.sources : "gs://${google_storage_bucket.changes.name}/${source}"]
}

output "subscriptions" {
  description = "For `stream: subscription:` in streamform.yaml, by source."
  value       = { for source, subscription in google_pubsub_subscription.loader : source => subscription.id }
}

output "secret_ids" {
  description = "The secrets whose values are to be added."
  value       = [for secret in google_secret_manager_secret.source_password : secret.id]
}

output "image_repository" {
  description = "Where the loader's image is pushed to."
  value       = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.this.repository_id}"
}

output "dataform_account" {
  description = "For `deploy: service_account:` in streamform.yaml."
  value       = google_service_account.dataform.email
}
