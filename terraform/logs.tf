# What is not kept. The address of a shared film is all that it takes to watch it, and Google's code, with which somebody
# comes back from the sign-in, is a key until it is used: Cloud Run writes the address of every request down, and nothing
# can be cut out of such a line. So those lines are dropped; the requests are still counted. Our own lines have no such
# address (app/logs.py).

resource "google_logging_project_exclusion" "addresses" {
  name        = "${var.name}-addresses"
  description = "Requests whose address lets somebody in."
  filter      = "log_id(\"run.googleapis.com/requests\") AND (httpRequest.requestUrl=~\"/s/[A-Za-z0-9_-]{32}\" OR httpRequest.referer=~\"/s/[A-Za-z0-9_-]{32}\" OR httpRequest.requestUrl=~\"/sign-in/callback\")"
  depends_on  = [google_project_service.needed]
}
