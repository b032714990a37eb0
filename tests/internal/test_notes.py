"""What was kept before notes and reasons had codes is still told."""

from internal.media import Analysis, Facts, Kind
from internal.pipelines.vlog.told import undescribed
from internal.storyboard import Story, arranged
from internal.vlog import VlogSettings
from tests.internal.given_days import found, sentences

SENTENCE = "2 near-duplicates were left out."


def test_a_story_that_was_kept_with_sentences_is_read_and_kept_again() -> None:
    story = Story.model_validate({"cards": (), "warnings": [SENTENCE]})
    assert sentences(story.warnings) == [SENTENCE]
    assert sentences(arranged(Story.model_validate_json(story.model_dump_json()), VlogSettings()).warnings) == [
        SENTENCE
    ]


def test_an_analysis_that_was_kept_with_a_sentence_says_why_nobody_described_it() -> None:
    facts = Facts(kind=Kind.PHOTO, content_type="image/jpeg")
    kept = {**Analysis(facts=facts).model_dump(mode="json"), "undescribed": "The model declined."}
    (note,) = undescribed([found("a.jpg", Analysis.model_validate(kept))])
    assert (note.text, note.reason and note.reason.code) == ("a.jpg: The model declined.", "")
