resource "google_monitoring_notification_channel" "email" {
  display_name = "${var.name}: who is told"
  type         = "email"

  labels = {
    email_address = var.alert_email
  }

  depends_on = [google_project_service.this]
}

# Notifications that no loader could read.
resource "google_monitoring_alert_policy" "dead_letters" {
  display_name          = "${var.name}: notifications in the dead letters"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = "messages wait in ${google_pubsub_subscription.dead_letters.name}"

    condition_threshold {
      filter          = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"${google_pubsub_subscription.dead_letters.name}\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    content = "Look at them: gcloud pubsub subscriptions pull ${google_pubsub_subscription.dead_letters.name}"
  }
}

# A landing that failed: quarantined files, too many dead letters, rights, quotas. The job's log says which.
resource "google_monitoring_alert_policy" "loader" {
  count = var.loader_image == null ? 0 : 1

  display_name          = "${var.name}: the loader failed"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = "executions of ${google_cloud_run_v2_job.loader[0].name} failed"

    condition_threshold {
      filter          = "resource.type = \"cloud_run_job\" AND resource.labels.job_name = \"${google_cloud_run_v2_job.loader[0].name}\" AND metric.type = \"run.googleapis.com/job/completed_execution_count\" AND metric.labels.result = \"failed\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period   = "600s"
        per_series_aligner = "ALIGN_SUM"
      }
    }
  }

  documentation {
    content = "streamform files list --status quarantined; streamform dead-letters list"
  }
}

# Nobody takes what the bucket tells: the loader does not run.
resource "google_monitoring_alert_policy" "backlog" {
  display_name          = "${var.name}: new files wait"
  combiner              = "OR"
  notification_channels = [google_monitoring_notification_channel.email.id]

  conditions {
    display_name = "the oldest change that Datastream has not delivered"

    condition_threshold {
      filter          = "resource.type = \"datastream.googleapis.com/Stream\" AND metric.type = \"datastream.googleapis.com/stream/freshness\""
      comparison      = "COMPARISON_GT"
      threshold_value = 3600
      duration        = "600s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }
}
