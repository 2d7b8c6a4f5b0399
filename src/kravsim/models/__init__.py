"""Models of organisation: a scenario's world and a model's name become a plan."""

from kravsim.models.build import agency_steps, build_plan, max_visits, model_named
from kravsim.models.plan import Calendar, Plan, PoolPlan

__all__ = ["Calendar", "Plan", "PoolPlan", "agency_steps", "build_plan", "max_visits", "model_named"]
