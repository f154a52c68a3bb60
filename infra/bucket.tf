resource "google_storage_bucket" "changes" {
  name     = "${var.project}-${var.name}-changes"
  location = var.region

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = var.allow_destroy

  # What is deleted by mistake can be had back for a week.
  soft_delete_policy {
    retention_duration_seconds = 604800
  }

  dynamic "lifecycle_rule" {
    for_each = var.keep_files_days == null ? [] : [var.keep_files_days]

    content {
      condition {
        age = lifecycle_rule.value
      }
      action {
        type = "Delete"
      }
    }
  }

  depends_on = [google_project_service.this]
}

data "google_storage_project_service_account" "this" {
  project = var.project
}

resource "google_storage_notification" "changes" {
  bucket         = google_storage_bucket.changes.name
  topic          = google_pubsub_topic.files.id
  payload_format = "NONE"
  event_types    = ["OBJECT_FINALIZE"]

  depends_on = [google_pubsub_topic_iam_member.storage]
}
