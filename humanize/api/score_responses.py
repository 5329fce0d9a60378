"""Answers about the scores of a text: what was measured, what was left out, and how the result reads."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from humanize import presenters
from humanize.judging.judge import VERDICTS
from humanize.scoring import Scores
from youman.core.api.responses import ResponseSerializer


class ScoresResponse(ResponseSerializer):
    ai_likeness = serializers.FloatField(
        allow_null=True, help_text="Estimate from 0 to 1 for the prose alone; null where there is too little of it"
    )
    band = serializers.CharField()
    readability = serializers.FloatField(
        allow_null=True, help_text="Flesch reading ease; null for other languages than English"
    )
    burstiness = serializers.FloatField(help_text="Variation of the sentence length")
    lexical_diversity = serializers.FloatField(allow_null=True, help_text="MTLD; null for other languages than English")
    markers_per_1000 = serializers.FloatField(
        allow_null=True,
        help_text="Typical phrases of machine-written text per 1,000 words; null for other languages than English",
    )
    detector_version = serializers.CharField(
        help_text="Version of the registered model `detector`, or of the shipped detector"
    )
    band_fpr = serializers.FloatField(
        allow_null=True,
        help_text="Share of human texts of the genre that reach the band, upper end of the 95 % interval; for an "
        "unknown genre that of the genre where it is highest; null for the lowest band and where it was not measured",
    )
    genre = serializers.CharField(allow_null=True, help_text="Genre that `band_fpr` is about; null if it is unknown")
    prose_words = serializers.IntegerField(help_text="Words of prose, which alone decide the AI-likeness")
    left_out = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Words that are not prose, by kind: code, data, front_matter, heading, html, list_item, quote, "
        "table, verse",
    )
    no_score_reason = serializers.ChoiceField(
        choices=("language", "too_short", "too_little_prose"), allow_null=True, help_text="Why `ai_likeness` is null"
    )
    min_words = serializers.IntegerField(help_text="Words of prose that the detector needs")
    likeness_note = serializers.CharField(
        help_text="What the AI-likeness means for this text, or why there is none, in whole sentences"
    )

    def read_likeness_note(self, found: Scores | dict[str, Any]) -> str:
        return presenters.likeness_note(found if isinstance(found, Scores) else Scores(**found))


class JudgementResponse(ResponseSerializer):
    verdict = serializers.ChoiceField(choices=VERDICTS, help_text="How the result reads, compared with the source")
    probability = serializers.FloatField(help_text="Chance (0 to 1) that an editor prefers the result to the source")
    version = serializers.CharField(help_text="Version of the registered model `judge`, or of the shipped judge")


class BothScoresResponse(ResponseSerializer):
    before = ScoresResponse()
    after = ScoresResponse()
    judgement = JudgementResponse(allow_null=True, help_text="null for texts under 20 words or not in English")
