"""The spine of crosscheck: words, rules, ledger, command line. Imports none of the other packages."""
