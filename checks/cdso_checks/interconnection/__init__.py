"""Links to other agencies: LGSP, NDXP, national databases, identity."""
