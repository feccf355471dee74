"""Common units: how they are written, and how many of a base unit each is."""

from dataclasses import dataclass

__all__ = ["CommonUnit", "common_unit", "related_units"]


@dataclass(frozen=True, slots=True)
class CommonUnit:
    """A unit of measurement.

    Attributes
    ----------
    dimension
        What it measures; units of one dimension convert by a factor.
    size
        How many base units of the dimension it is.
    names
        Its written forms, the usual one first.
    """

    dimension: str
    size: float
    names: tuple[str, ...]


def _unit(dimension: str, size: float, names: str) -> CommonUnit:
    return CommonUnit(dimension, size, tuple(names.split(", ")))


_UNITS = (
    _unit("time", 1, "s, sec, secs, second, seconds"),
    _unit("time", 60, "min, mins, minute, minutes"),
    _unit("time", 3600, "h, hr, hrs, hour, hours"),
    _unit("time", 86_400, "days, day, d"),
    _unit("time", 604_800, "weeks, week, wk, wks"),
    _unit("time", 86_400 * 365.25 / 12, "months, month"),
    _unit("time", 86_400 * 365.25, "years, year, yrs, yr, years old, year old"),
    _unit("pressure", 1, "mmHg, mm Hg, millimetres of mercury, millimeters of mercury, torr"),
    _unit("pressure", 7.50062, "kPa, kilopascal, kilopascals"),
    _unit("pressure", 0.735559, "cmH2O, cm H2O, cm of water"),
    _unit("rate", 1, "bpm, beats per minute, beats/min, per minute, /min, breaths per minute, breaths/min"),
    _unit("temperature", 1, "°C, degrees Celsius, degrees, C, Celsius"),
    _unit("mass", 1, "kg, kilogram, kilograms, kilogrammes, kilos"),
    _unit("mass", 1e-3, "g, gram, grams, grammes"),
    _unit("mass", 1e-6, "mg, milligram, milligrams"),
    _unit("mass", 0.45359237, "lb, lbs, pound, pounds"),
    _unit("length", 1, "m, metre, metres, meter, meters"),
    _unit("length", 0.01, "cm, centimetre, centimetres, centimeter, centimeters"),
    _unit("length", 1e-3, "mm, millimetre, millimetres, millimeter, millimeters"),
    _unit("length", 1000, "km, kilometre, kilometres, kilometer, kilometers"),
    _unit("length", 1609.344, "mi, mile, miles"),
    _unit("volume", 1, "L, l, litre, litres, liter, liters"),
    _unit("volume", 1e-3, "mL, ml, millilitre, millilitres, milliliter, milliliters"),
    _unit("flow", 1, "L/min, litres per minute, liters per minute, l per min"),
    _unit("flow", 1e-3, "mL/min, millilitres per minute, milliliters per minute"),
    _unit("molar concentration", 1, "mmol/L, mmol per litre, mmol per liter, millimoles per litre, mmol, mM"),
    _unit("molar concentration", 1e-3, "µmol/L, umol/L, micromol/L, micromoles per litre, µmol, umol"),
    _unit("molar concentration", 1e-6, "nmol/L, nanomoles per litre"),
    _unit("mass concentration", 1, "g/L, grams per litre, grams per liter"),
    _unit("mass concentration", 10, "g/dL, g/dl, grams per decilitre, grams per deciliter"),
    _unit("mass concentration", 0.01, "mg/dL, mg/dl, mg per decilitre, mg per deciliter, milligrams per deciliter"),
    _unit("mass concentration", 1e-3, "mg/L, mg per litre, mg per liter, milligrams per litre"),
    _unit("share", 1, "%, percent, per cent"),
    _unit("money USD", 1, "USD, $, US$, dollars, dollar, US dollars, bucks"),
    _unit("money EUR", 1, "EUR, €, euro, euros"),
    _unit("money GBP", 1, "GBP, £, pounds sterling, quid"),
    _unit("body mass index", 1, "kg/m², kg/m2, kg per square metre, kg per square meter"),
    _unit("energy", 1, "kWh, kilowatt hours, kilowatt-hours"),
    _unit("power", 1, "kW, kilowatt, kilowatts"),
    _unit("speed", 1, "km/h, kilometres per hour, kilometers per hour, kph"),
    _unit("speed", 1.609344, "mph, miles per hour"),
)
_EXACT = {name: unit for unit in reversed(_UNITS) for name in unit.names}
_FOLDED = {name.casefold(): unit for name, unit in _EXACT.items()}
_FAR = 100
_NOT_OFFERED = frozenset({"s", "months", "years", "lb", "mi", "cmH2O", "nmol/L"})
"""Conversions that are rarely meant where the other unit is the variable's own."""


def common_unit(name: str) -> CommonUnit | None:
    """Find a unit by one of its written forms; None where it isn't in the table."""
    return _EXACT.get(name) or _FOLDED.get(name.casefold())


def related_units(unit: CommonUnit) -> tuple[CommonUnit, ...]:
    """Give other units of the same dimension that texts may use instead."""
    related = (each for each in _UNITS if each.dimension == unit.dimension and each is not unit)
    return tuple(each for each in related if each.names[0] not in _NOT_OFFERED and _near(each, unit))


def _near(one: CommonUnit, other: CommonUnit) -> bool:
    """Tell whether both may be used for one quantity: nobody gives an age in minutes."""
    return one.dimension != "time" or 1 / _FAR < one.size / other.size < _FAR
