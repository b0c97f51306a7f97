"""What the answers of a dataset cost, as far as anybody counted."""

from builder.building.estimate import speed_of
from builder.folder.manifest import Manifest
from builder.reporting.figures import Cost
from qagen.workspace import Workspace


def cost_of(made: Manifest, workspace: Workspace | None) -> Cost:
    """Tokens by the manifest; seconds by how fast the model was in the runs that the workspace knows.

    Args:
        made: the dataset's manifest; an older qagen's counts nothing.
        workspace: that it was built in; None where there is none.
    """
    if not made.provenance.model:
        return Cost()
    prompts, completions = (made.answers.get(name) for name in ("prompt_tokens", "completion_tokens"))
    speed = speed_of(workspace, made.provenance.model) if workspace else None
    seconds = completions * speed.seconds_per_token if speed and completions else None
    return Cost(made.answers.get("responses"), prompts, completions, seconds, speed.runs if speed else 0)
