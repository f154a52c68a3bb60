# Secrets without versions: their values are added by hand and are in no file and no state (docs/deploy.md).
locals {
  sources = toset(compact([
    var.mysql == null ? "" : "mysql",
    var.postgresql == null ? "" : "postgresql",
  ]))
  datastream_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-datastream.iam.gserviceaccount.com"
}

resource "google_secret_manager_secret" "source_password" {
  for_each = local.sources

  secret_id = "${var.name}-${each.key}-password"

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_secret_manager_secret_iam_member" "datastream" {
  for_each = local.sources

  secret_id = google_secret_manager_secret.source_password[each.key].id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.datastream_agent
}
