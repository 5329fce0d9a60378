"""The catalogue of vendors' models, tier prices and ready deployments: the file, its reader, and its sync."""
