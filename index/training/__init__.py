"""Trains the embedder that ships, from official texts alone. Run as `python -m index.training`; nothing imports it
when the help desk answers (it needs the `train` extra).

The order of a run: `pairs` (questions made from the provisions of a corpus, each with the segment that answers and
segments that do not) → `train` (contrastive, from a start model) → `blend` (halfway between the start model and the trained one) →
perhaps `shrink` (fewer layers, taught by the full model) → `python -m index.export`. Everything that can be chosen stands in recipe.toml.
"""
