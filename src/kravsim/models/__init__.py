"""Models of organisation: a scenario's world and a model's name become a plan."""

from kravsim.models.agency_terms import agency_steps
from kravsim.models.build import build_plan, max_visits, model_named
from kravsim.models.plan import Calendar, Plan, PoolPlan

__all__ = ["Calendar", "Plan", "PoolPlan", "agency_steps", "build_plan", "max_visits", "model_named"]
