resource "google_datastream_connection_profile" "changes" {
  display_name          = "${var.name} changes"
  location              = var.region
  connection_profile_id = "${var.name}-changes"

  gcs_profile {
    bucket    = google_storage_bucket.changes.name
    root_path = "/"
  }

  depends_on = [google_storage_bucket_iam_member.datastream]
}

resource "google_datastream_connection_profile" "mysql" {
  count = var.mysql == null ? 0 : 1

  display_name          = "${var.name} MySQL"
  location              = var.region
  connection_profile_id = "${var.name}-mysql"

  mysql_profile {
    hostname                       = var.mysql.hostname
    port                           = var.mysql.port
    username                       = var.mysql.username
    secret_manager_stored_password = "${google_secret_manager_secret.source_password["mysql"].id}/versions/latest"
  }

  depends_on = [google_secret_manager_secret_iam_member.datastream]
}

resource "google_datastream_stream" "mysql" {
  count = var.mysql == null ? 0 : 1

  display_name  = "${var.name} MySQL"
  location      = var.region
  stream_id     = "${var.name}-mysql"
  desired_state = var.stream_state

  # A stream that is made anew does not go on where the old one stood: it begins with a backfill.
  deletion_policy = var.allow_destroy ? "DELETE" : "PREVENT"

  source_config {
    source_connection_profile = google_datastream_connection_profile.mysql[0].id

    mysql_source_config {
      include_objects {
        dynamic "mysql_databases" {
          for_each = var.mysql.databases

          content {
            database = mysql_databases.value
          }
        }
      }

      dynamic "binary_log_position" {
        for_each = var.mysql.gtid ? [] : [true]
        content {}
      }

      dynamic "gtid" {
        for_each = var.mysql.gtid ? [true] : []
        content {}
      }
    }
  }

  destination_config {
    destination_connection_profile = google_datastream_connection_profile.changes.id

    gcs_destination_config {
      path                   = "mysql"
      file_rotation_mb       = 50
      file_rotation_interval = "60s"
      avro_file_format {}
    }
  }

  backfill_all {}
}

resource "google_datastream_connection_profile" "postgresql" {
  count = var.postgresql == null ? 0 : 1

  display_name          = "${var.name} PostgreSQL"
  location              = var.region
  connection_profile_id = "${var.name}-postgresql"

  postgresql_profile {
    hostname                       = var.postgresql.hostname
    port                           = var.postgresql.port
    username                       = var.postgresql.username
    database                       = var.postgresql.database
    secret_manager_stored_password = "${google_secret_manager_secret.source_password["postgresql"].id}/versions/latest"
  }

  depends_on = [google_secret_manager_secret_iam_member.datastream]
}

resource "google_datastream_stream" "postgresql" {
  count = var.postgresql == null ? 0 : 1

  display_name    = "${var.name} PostgreSQL"
  location        = var.region
  stream_id       = "${var.name}-postgresql"
  desired_state   = var.stream_state
  deletion_policy = var.allow_destroy ? "DELETE" : "PREVENT"

  source_config {
    source_connection_profile = google_datastream_connection_profile.postgresql[0].id

    postgresql_source_config {
      publication      = var.postgresql.publication
      replication_slot = var.postgresql.replication_slot

      include_objects {
        dynamic "postgresql_schemas" {
          for_each = var.postgresql.schemas

          content {
            schema = postgresql_schemas.value
          }
        }
      }
    }
  }

  destination_config {
    destination_connection_profile = google_datastream_connection_profile.changes.id

    gcs_destination_config {
      path                   = "postgresql"
      file_rotation_mb       = 50
      file_rotation_interval = "60s"
      avro_file_format {}
    }
  }

  backfill_all {}
}
