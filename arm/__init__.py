"""«Единое окно»: the workstation for the people who help migrants in Russia's regions."""

__version__ = "0.1.0"
