resource "google_pubsub_topic" "files" {
  name = "${var.name}-files"

  depends_on = [google_project_service.this]
}

resource "google_pubsub_topic" "dead_letters" {
  name = "${var.name}-files-dead-letters"

  depends_on = [google_project_service.this]
}

# What `streamform land --watch` pulls (`stream: subscription:` in streamform.yaml): one for each stream, for a loader
# acknowledges what is not of its own.
resource "google_pubsub_subscription" "loader" {
  for_each = local.sources

  name   = "${var.name}-loader-${each.key}"
  topic  = google_pubsub_topic.files.id
  filter = "hasPrefix(attributes.objectId, \"${each.key}/\")"

  ack_deadline_seconds       = 600
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letters.id
    max_delivery_attempts = 20
  }
}

resource "google_pubsub_subscription" "dead_letters" {
  name  = "${var.name}-dead-letters"
  topic = google_pubsub_topic.dead_letters.id

  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }
}

locals {
  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic_iam_member" "storage" {
  topic  = google_pubsub_topic.files.id
  role   = "roles/pubsub.publisher"
  member = "serviceAccount:${data.google_storage_project_service_account.this.email_address}"
}

# Pub/Sub itself moves what nobody can read.
resource "google_pubsub_topic_iam_member" "dead_letters" {
  topic  = google_pubsub_topic.dead_letters.id
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "dead_letters" {
  for_each = local.sources

  subscription = google_pubsub_subscription.loader[each.key].id
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "loader" {
  for_each = local.sources

  subscription = google_pubsub_subscription.loader[each.key].id
  role         = "roles/pubsub.subscriber"
  member       = google_service_account.loader.member
}
