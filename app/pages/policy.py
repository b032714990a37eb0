"""What a page may load: nothing inline, nothing from elsewhere; media come from the media store directly."""

from urllib.parse import urlsplit

from flask import Response

from app.services import web


def only_ours(response: Response) -> Response:
    media = origin(web().settings.media_endpoint)
    response.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' blob: {media}",
            f"media-src 'self' blob: {media}",
            f"connect-src 'self' {media}",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
    return response


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
