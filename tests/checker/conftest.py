from hypothesis import HealthCheck, settings

# A machine that is busy with other tests must not make one of these fail.
settings.register_profile("checker", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("checker")
