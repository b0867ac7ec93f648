"""A methodology of tests: a forest, of whose carbon a tenth goes to the buffer."""

FOREST = {
    "project_types": ["afforestation"],
    "parameters": [
        {
            "name": "gwp_co2",
            "title": "Global warming potential of carbon dioxide",
            "unit": "tCO2e/tCO2",
            "given": "methodology",
            "value": "1",
            "source": "by definition",
        },
        {
            "name": "hectares",
            "title": "Area",
            "unit": "1",
            "given": "project",
            "least": "1",
            "most": "100000",
        },
        {"name": "carbon_before", "title": "Carbon before", "unit": "tC", "given": "period"},
        {"name": "carbon_after", "title": "Carbon after", "unit": "tC", "given": "period"},
        {
            "name": "spent",
            "title": "Emissions of tending",
            "unit": "tCO2e",
            "given": "period",
            "least": "0",
        },
    ],
    "steps": [
        {
            "name": "removal",
            "title": "Taken up",
            "unit": "tCO2e",
            "formula": "(carbon_after - carbon_before) * co2_per_c * gwp_co2",
        },
        {"name": "net", "title": "Net", "unit": "tCO2e", "formula": "removal - spent"},
    ],
    "crediting_years": 20,
    "buffer_share": "0.1",
    "mitigation_type": "removal",
    "sector": "forestry",
}
