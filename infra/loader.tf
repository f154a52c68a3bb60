resource "google_artifact_registry_repository" "this" {
  repository_id = var.name
  location      = var.region
  format        = "DOCKER"
  description   = "The loader's image"

  depends_on = [google_project_service.this]
}

resource "google_cloud_run_v2_job" "loader" {
  count = var.loader_image == null ? 0 : 1

  name                = "${var.name}-loader"
  location            = var.region
  deletion_protection = !var.allow_destroy

  template {
    # Two loaders at once land each file once, but do some work twice.
    parallelism = 1
    task_count  = 1

    template {
      service_account = google_service_account.loader.email
      max_retries     = 1
      timeout         = "3600s"

      containers {
        image = var.loader_image
        args  = ["land"]

        resources {
          limits = {
            cpu    = "2"
            memory = "2Gi"
          }
        }
      }
    }
  }
}

resource "google_cloud_run_v2_job_iam_member" "scheduler" {
  count = var.loader_image == null ? 0 : 1

  name     = google_cloud_run_v2_job.loader[0].name
  location = var.region
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}

resource "google_cloud_scheduler_job" "loader" {
  count = var.loader_image == null ? 0 : 1

  name      = "${var.name}-loader"
  region    = var.region
  schedule  = var.loader_schedule
  time_zone = var.time_zone
  paused    = var.stream_state == "NOT_STARTED"

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.loader[0].id}:run"

    oauth_token {
      service_account_email = google_service_account.scheduler.email
    }
  }

  depends_on = [google_cloud_run_v2_job_iam_member.scheduler]
}
