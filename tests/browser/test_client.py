"""`/static/daylog.js`, as any page can use it."""

from pathlib import Path

from playwright.sync_api import Page


def test_any_page_can_use_the_client(page: Page, media: list[Path]) -> None:
    """From a file to the film, in a few lines, by polls and by the stream."""
    page.goto("/vlogs")
    page.expose_function("sample", lambda: list(media[0].read_bytes()))
    told = page.evaluate(
        """async () => {
            const { createVlog, upload, watch, Problem } = await import("/static/daylog.js");
            const file = new File([new Uint8Array(await sample())], "day.jpg");
            const sent = [];
            const { id } = await upload(file, { onProgress: (bytes, size) => sent.push(bytes / size) });
            const key = crypto.randomUUID();
            const wishes = { title: "By the client", duration: 10 };
            const vlog = await createVlog([id], wishes, { key });
            const again = await createVlog([id], wishes, { key });
            const states = { polled: [], live: [] };
            const following = ["polled", "live"].map((name) => watch(vlog, {
                live: name === "live",
                onChange: ({ updated_at, progress, status }) => states[name].push([updated_at, progress, status]),
            }));
            const [last] = await Promise.all(following);
            const refusal = await watch("00000000-0000-4000-8000-000000000000").catch((error) => error);
            return { sent, once: vlog === again, last, states, refusal: [refusal instanceof Problem, refusal.code] };
        }"""
    )
    assert told["sent"][-1] == 1
    assert told["once"]
    assert (told["last"]["status"], told["last"]["title"]) == ("completed", "By the client")
    for states in told["states"].values():
        assert states == sorted(states)
        assert len({tuple(state) for state in states}) == len(states)
        assert [status for *_, status in states][-1] == "completed"
    assert told["refusal"] == [True, "not_found"]
