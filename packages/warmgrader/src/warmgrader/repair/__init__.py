"""Puts right what happened to a submission on its way: damaged notebooks, lost or copied cells."""
