"""Tables and sentences of each kind of result, rounded by one rule so that what is printed adds up."""
