"""Datasets of game states as MLflow datasets: one per content, so that a run names it exactly."""

import json
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag

from evaluation.dataset.scenario import Scenario
from evaluation.tracking.suite_log import DatasetLog

_MARK = "eventsmith.digest"


def dataset_name(dataset: DatasetLog) -> str:
    """`name@digest`: a changed file is a dataset of its own, and no old state lingers in it."""
    return f"{dataset.name}@{dataset.digest[:12]}"


def register(client: MlflowClient, dataset: DatasetLog, experiment: str) -> Any:
    """MLflow's dataset with every scenario as a record; found again by its name."""
    kept: Any = _find(client, dataset_name(dataset))
    if kept is None:
        tags = {_MARK: dataset.digest, "eventsmith.dataset": dataset.name}
        kept = client.create_dataset(dataset_name(dataset), experiment, tags)
    elif experiment not in kept.experiment_ids:
        kept = client.add_dataset_to_experiments(kept.dataset_id, [experiment])
    if _records(kept) < len(dataset.scenarios):  # new, or left half-filled
        kept.merge_records([_record(scenario) for scenario in dataset.scenarios])
    return kept


def as_input(kept: Any, dataset: DatasetLog) -> DatasetInput:
    """What a run is told of the states it was evaluated on."""
    shown = Dataset(
        name=dataset.name,
        digest=dataset.digest[:36],
        source_type="mlflow_evaluation_dataset",
        source=kept.source.to_json(),
        profile=json.dumps({"num_records": len(dataset.scenarios)}),
    )
    return DatasetInput(shown, [InputTag("mlflow.data.context", "evaluation")])


def asked(scenario: Scenario) -> dict[str, Any]:
    """The inputs of a record, which a `predict_fn` takes by name."""
    document = scenario.model_dump(mode="json", by_alias=True)
    return {"scenario": scenario.id} | {
        name: document[name] for name in ("gameState", "locale", "eventType")
    }


def _record(scenario: Scenario) -> dict[str, Any]:
    tags = {
        "origin": scenario.origin.value,
        "stage": scenario.game_state.stage.value,
        "difficulty": scenario.game_state.difficulty.value,
    }
    return {
        "inputs": asked(scenario),
        "tags": tags | ({"note": scenario.note} if scenario.note else {}),
    }


def _find(client: MlflowClient, name: str) -> Any:
    quoted = name.replace("'", "''")
    found: Any = client.search_datasets(filter_string=f"name = '{quoted}'", max_results=1)
    return found[0] if found else None


def _records(kept: Any) -> int:
    return int(json.loads(kept.profile or "{}").get("num_records", 0))
