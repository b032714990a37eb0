"""What users upload and watch, reached by signed URL: fills the port `MediaStore`."""
