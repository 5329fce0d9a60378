# Made by `make migrations`; after a change of a model run it again.
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import youman.core.database.ids
from decimal import Decimal
from django.db import migrations, models

from serving.migrations import _database_objects


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProviderKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner', models.CharField(max_length=100, unique=True)),
                ('secret', models.BinaryField()),
                ('hint', models.CharField(help_text='Last characters of the key, to recognise it', max_length=8)),
                ('hosts', models.JSONField(blank=True, default=list, help_text='Hosts of your own endpoints that may receive the key, such as gateway.example or 10.0.0.7:4000')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('rotated_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'ordering': ['owner'],
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('account', 'Account'), ('tier', 'Tier'), ('deployment', 'Deployment')], max_length=16)),
                ('subject', models.CharField(help_text='Id of the account, the tier, or the name of the deployment', max_length=100)),
                ('span', models.CharField(choices=[('day', 'Day'), ('month', 'Month')], max_length=8, verbose_name='period')),
                ('money', models.DecimalField(blank=True, decimal_places=15, help_text='Limit in US dollars; empty for none', max_digits=24, null=True)),
                ('tokens', models.PositiveBigIntegerField(blank=True, help_text='Limit in tokens; empty for none', null=True)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['scope', 'subject', 'span'],
                'constraints': [models.UniqueConstraint(fields=('scope', 'subject', 'span'), name='serving_budget_once'), models.CheckConstraint(condition=models.Q(('scope__in', ['account', 'tier', 'deployment'])), name='serving_scope_known'), models.CheckConstraint(condition=models.Q(('span__in', ['day', 'month'])), name='serving_span_known'), models.CheckConstraint(condition=models.Q(('money__isnull', False), ('tokens__isnull', False), _connector='OR'), name='serving_budget_limits_something')],
            },
        ),
        migrations.CreateModel(
            name='BudgetPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.DateField()),
                ('money_spent', models.DecimalField(decimal_places=15, default=Decimal('0'), max_digits=24)),
                ('money_reserved', models.DecimalField(decimal_places=15, default=Decimal('0'), max_digits=24)),
                ('tokens_spent', models.PositiveBigIntegerField(default=0)),
                ('tokens_reserved', models.PositiveBigIntegerField(default=0)),
                ('exhausted_at', models.DateTimeField(help_text='When a call was first refused because it did not fit', null=True)),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='periods', to='serving.budget')),
            ],
            options={
                'ordering': ['-start', 'budget'],
            },
        ),
        migrations.CreateModel(
            name='CatalogueEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('model', 'Model'), ('tier_price', 'Tier price'), ('deployment', 'Deployment')], max_length=16)),
                ('key', models.CharField(help_text='Name in the catalogue file, such as openai/gpt-6-luna', max_length=200)),
                ('applied', models.JSONField(default=dict, help_text='The value last written to each field')),
            ],
            options={
                'verbose_name_plural': 'catalogue entries',
                'ordering': ['kind', 'key'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'key'), name='serving_catalogue_entry_once')],
            },
        ),
        migrations.CreateModel(
            name='Deployment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(max_length=100, unique=True)),
                ('kind', models.CharField(choices=[('llm', 'LLM'), ('model', 'Own model'), ('rules', 'Rules')], max_length=8)),
                ('backend', models.CharField(help_text='Kind of backend; `serving/backends/vendors.py` lists them', max_length=32)),
                ('protocol', models.CharField(choices=[('rewrite', 'Text to text'), ('score', 'Arrays to arrays')], default='rewrite', max_length=8)),
                ('endpoint', models.URLField(blank=True, help_text="URL to call instead of the vendor's own", max_length=300)),
                ('options', models.JSONField(blank=True, default=dict, help_text='Options of the backend; never put a key here')),
                ('description', models.CharField(blank=True, max_length=300)),
                ('tier_floor', models.CharField(choices=[('FREE', 'Free'), ('BASIC', 'Basic'), ('PROFESSIONAL', 'Professional'), ('ENTERPRISE', 'Enterprise')], default='BASIC', help_text='Lowest tier that may use it', max_length=16)),
                ('capabilities', models.JSONField(blank=True, default=dict, help_text="Overrides the model's capability flags")),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('deploying', 'Deploying'), ('active', 'Active'), ('draining', 'Draining'), ('retired', 'Retired'), ('failed', 'Failed')], default='draft', max_length=16)),
                ('state_note', models.CharField(blank=True, max_length=300)),
                ('strategy', models.CharField(choices=[('blue_green', 'Blue and green'), ('canary', 'Canary'), ('rolling', 'Rolling')], default='blue_green', max_length=16)),
                ('traffic_share', models.PositiveSmallIntegerField(default=100, help_text='Percentage of eligible calls')),
                ('share_since', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('ramps', models.BooleanField(default=False, help_text="Ramp automatically: more traffic while writers keep as many of its edits as of others', otherwise drain")),
                ('languages', models.JSONField(blank=True, default=list, help_text='Two-letter codes of the languages it accepts; empty for all')),
                ('max_words', models.PositiveIntegerField(blank=True, help_text='Words of the longest text; empty for no limit', null=True)),
                ('requests_per_minute', models.PositiveIntegerField(blank=True, help_text='Over all processes', null=True)),
                ('tokens_per_minute', models.PositiveIntegerField(blank=True, help_text='Over all processes', null=True)),
                ('concurrency', models.PositiveIntegerField(blank=True, help_text='Maximum concurrent calls, over all processes', null=True)),
                ('frozen', models.BooleanField(default=False, help_text='Do not move it in the order of candidates by what writers accept')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deployments', to='registry.modelversion')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='DriftReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('reference_from', models.DateTimeField()),
                ('recent_from', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('reference_calls', models.PositiveIntegerField()),
                ('recent_calls', models.PositiveIntegerField()),
                ('figures', models.JSONField(default=list, help_text='For each figure: name, value, threshold, whether it drifted, and a sentence')),
                ('deployment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drift_reports', to='serving.deployment')),
            ],
            options={
                'ordering': ['-until', 'deployment'],
            },
        ),
        migrations.CreateModel(
            name='DriftAlert',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('figure', models.CharField(max_length=32)),
                ('value', models.FloatField()),
                ('threshold', models.FloatField()),
                ('sentence', models.CharField(max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('acknowledged_at', models.DateTimeField(editable=False, null=True)),
                ('acknowledged_by', models.CharField(blank=True, editable=False, max_length=200)),
                ('deployment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drift_alerts', to='serving.deployment')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='serving.driftreport')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Invocation',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('model', models.CharField(help_text="Vendor's id of the answering model", max_length=100)),
                ('account', models.BigIntegerField()),
                ('tier', models.CharField(max_length=16)),
                ('transformation', models.UUIDField(null=True)),
                ('chunk', models.PositiveIntegerField(null=True)),
                ('attempt', models.PositiveSmallIntegerField(help_text="Number of the caller's attempt, over the candidates")),
                ('number', models.PositiveSmallIntegerField(default=1, help_text='Try number within the attempt')),
                ('purpose', models.CharField(choices=[('rewrite', 'Rewrite'), ('opinion', 'Second opinion on a rewrite')], default='rewrite', max_length=16)),
                ('strategy', models.CharField(max_length=16)),
                ('complexity', models.CharField(max_length=16)),
                ('service_tier', models.CharField(default='standard', max_length=16)),
                ('latency_ms', models.PositiveIntegerField()),
                ('tokens_in', models.PositiveIntegerField(default=0)),
                ('tokens_cached', models.PositiveIntegerField(default=0)),
                ('tokens_cache_write', models.PositiveIntegerField(default=0)),
                ('tokens_out', models.PositiveIntegerField(default=0)),
                ('tokens_thinking', models.PositiveIntegerField(default=0)),
                ('usage', models.JSONField(help_text='Usage as the vendor sent it', null=True)),
                ('unit_prices', models.JSONField(default=dict, help_text='US dollars per million tokens, as applied')),
                ('price_list', models.CharField(help_text='Source and day of the prices', max_length=64)),
                ('cost', models.DecimalField(decimal_places=15, default=Decimal('0'), max_digits=24)),
                ('baseline_cost', models.DecimalField(decimal_places=15, default=Decimal('0'), max_digits=24)),
                ('baseline_estimated', models.BooleanField(default=False, help_text="No tokens were counted (own models); the baseline's tokens are estimated")),
                ('error', models.CharField(blank=True, max_length=32)),
                ('estimated', models.BooleanField(default=False, help_text='The vendor sent no usage; the tokens are estimated')),
                ('cached_hit', models.BooleanField(default=False, help_text="Answered from this installation's cache, at no cost")),
                ('words_in', models.PositiveIntegerField(default=0)),
                ('words_out', models.PositiveIntegerField(default=0)),
                ('statistics', models.JSONField(help_text='Statistics of the text and its answer; never the text itself', null=True)),
                ('deployment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invocations', to='serving.deployment')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='InvocationOutcome',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('verified', models.BooleanField(default=True, help_text='The answer passed verification')),
                ('accepted', models.PositiveIntegerField(default=0)),
                ('rejected', models.PositiveIntegerField(default=0)),
                ('undecided', models.PositiveIntegerField(default=0)),
                ('rating', models.PositiveSmallIntegerField(null=True)),
                ('invocation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='serving.invocation')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ProviderModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=32)),
                ('model_id', models.CharField(help_text="Vendor's id of the model", max_length=100)),
                ('name', models.CharField(max_length=100)),
                ('size', models.CharField(choices=[('small', 'Small'), ('large', 'Large')], default='small', max_length=8)),
                ('released_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, help_text='First day on which the vendor no longer serves it', null=True)),
                ('context_window', models.PositiveIntegerField(help_text='Maximum tokens of input and output together')),
                ('max_output', models.PositiveIntegerField(help_text='Maximum tokens of output')),
                ('takes_temperature', models.BooleanField(default=False)),
                ('thinking', models.CharField(choices=[('none', 'Does not think'), ('off', 'Can be switched off'), ('lowest', 'Can only be turned down')], default='none', max_length=8)),
                ('thinking_floor', models.CharField(blank=True, help_text='Lowest thinking level, where thinking cannot be switched off', max_length=16)),
                ('takes_json_schema', models.BooleanField(default=True)),
                ('takes_cache_options', models.BooleanField(default=False, help_text='Cache writes cost extra and can be switched off in a request')),
                ('has_flex', models.BooleanField(default=False)),
                ('has_batch', models.BooleanField(default=False, help_text='The vendor accepts batches for it; a tier price for `batch` must exist as well')),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='predecessors', to='serving.providermodel')),
            ],
            options={
                'ordering': ['provider', 'model_id'],
            },
        ),
        migrations.CreateModel(
            name='PriceOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_day', models.DateField()),
                ('input_mtok', models.DecimalField(decimal_places=6, max_digits=12)),
                ('cached_mtok', models.DecimalField(blank=True, decimal_places=6, max_digits=12, null=True)),
                ('cache_write_mtok', models.DecimalField(blank=True, decimal_places=6, max_digits=12, null=True)),
                ('output_mtok', models.DecimalField(decimal_places=6, max_digits=12)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='price_overrides', to='serving.providermodel')),
            ],
            options={
                'ordering': ['model', '-from_day'],
            },
        ),
        migrations.AddField(
            model_name='deployment',
            name='provider_model',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deployments', to='serving.providermodel'),
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('invocation', models.UUIDField()),
                ('money', models.DecimalField(decimal_places=15, max_digits=24)),
                ('tokens', models.PositiveBigIntegerField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('estimate', models.JSONField(null=True)),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reservations', to='serving.budgetperiod')),
            ],
        ),
        migrations.CreateModel(
            name='TierPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service_tier', models.CharField(choices=[('flex', 'Flex'), ('batch', 'Batch')], default='batch', max_length=16)),
                ('from_day', models.DateField()),
                ('share', models.DecimalField(decimal_places=4, help_text='Share of the list price; 0.5 is half', max_digits=5)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tier_prices', to='serving.providermodel')),
            ],
            options={
                'ordering': ['model', 'service_tier', '-from_day'],
            },
        ),
        migrations.CreateModel(
            name='VendorBatch',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('submitting', 'Submitting'), ('submitted', 'With the vendor'), ('ended', 'Ended, not yet collected'), ('collected', 'Collected'), ('failed', 'Failed')], default='submitting', max_length=16)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('deadline_at', models.DateTimeField(help_text='Calls that the batch has not returned by this time are made live')),
                ('submitted_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('vendor_id', models.CharField(blank=True, max_length=200)),
                ('certain', models.BooleanField(default=True, help_text="The vendor's batch id is certain (returned or matched), not inferred from size and time")),
                ('not_ours', models.JSONField(default=list)),
                ('cancelled_at', models.DateTimeField(help_text='When the vendor was asked to stop', null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('tried_at', models.DateTimeField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('failures', models.PositiveSmallIntegerField(default=0, help_text='Consecutive failed status checks')),
                ('note', models.CharField(blank=True, max_length=300)),
                ('deployment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vendor_batches', to='serving.deployment')),
            ],
            options={
                'verbose_name_plural': 'vendor batches',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='VendorBatchItem',
            fields=[
                ('id', models.UUIDField(default=youman.core.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('answered', 'Answered'), ('failed', 'Failed'), ('dropped', 'Not sent')], default='open', max_length=16)),
                ('error', models.CharField(blank=True, max_length=32)),
                ('account', models.BigIntegerField()),
                ('tier', models.CharField(max_length=16)),
                ('transformation', models.UUIDField(null=True)),
                ('chunk', models.PositiveIntegerField(null=True)),
                ('attempt', models.PositiveSmallIntegerField(default=1)),
                ('strategy', models.CharField(max_length=16)),
                ('complexity', models.CharField(max_length=16)),
                ('words', models.PositiveIntegerField()),
                ('characters', models.PositiveIntegerField()),
                ('characters_sent', models.PositiveIntegerField(help_text='Characters of the whole prompt')),
                ('language', models.CharField(default='en', max_length=8)),
                ('money_held', models.DecimalField(decimal_places=15, default=Decimal('0'), max_digits=24)),
                ('tokens_held', models.PositiveBigIntegerField(default=0)),
                ('periods', models.JSONField(default=list, help_text='Ids of the budget periods in which it is reserved')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='serving.vendorbatch')),
            ],
            options={
                'ordering': ['batch', 'number'],
            },
        ),
        migrations.AddConstraint(
            model_name='budgetperiod',
            constraint=models.UniqueConstraint(fields=('budget', 'start'), name='serving_period_once'),
        ),
        migrations.AddConstraint(
            model_name='budgetperiod',
            constraint=models.CheckConstraint(condition=models.Q(('money_reserved__gte', 0), ('money_spent__gte', 0)), name='serving_period_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='driftreport',
            constraint=models.UniqueConstraint(fields=('deployment', 'until'), name='serving_drift_report_once'),
        ),
        migrations.AddConstraint(
            model_name='driftreport',
            constraint=models.CheckConstraint(condition=models.Q(('recent_from__lt', models.F('until')), ('reference_from__lt', models.F('recent_from'))), name='serving_drift_windows_in_order'),
        ),
        migrations.AddIndex(
            model_name='driftalert',
            index=models.Index(fields=['-created_at', '-id'], name='serving_drift_alert_page'),
        ),
        migrations.AddConstraint(
            model_name='driftalert',
            constraint=models.UniqueConstraint(condition=models.Q(('acknowledged_at', None)), fields=('deployment', 'figure'), name='serving_drift_alert_open_once'),
        ),
        migrations.AddIndex(
            model_name='invocation',
            index=models.Index(fields=['-created_at', '-id'], name='serving_invocation_page'),
        ),
        migrations.AddIndex(
            model_name='invocation',
            index=models.Index(fields=['account', '-created_at'], name='serving_invocation_account'),
        ),
        migrations.AddIndex(
            model_name='invocation',
            index=models.Index(fields=['transformation'], name='serving_invocation_text'),
        ),
        migrations.AddConstraint(
            model_name='invocation',
            constraint=models.CheckConstraint(condition=models.Q(('baseline_cost__gte', 0), ('cost__gte', 0)), name='serving_cost_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='invocation',
            constraint=models.CheckConstraint(condition=models.Q(('tokens_in__gte', django.db.models.expressions.CombinedExpression(models.F('tokens_cached'), '+', models.F('tokens_cache_write')))), name='serving_cached_is_part_of_input'),
        ),
        migrations.AddConstraint(
            model_name='invocation',
            constraint=models.CheckConstraint(condition=models.Q(('tokens_out__gte', models.F('tokens_thinking'))), name='serving_thinking_is_part_of_output'),
        ),
        migrations.AddConstraint(
            model_name='invocation',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['rewrite', 'opinion'])), name='serving_purpose_known'),
        ),
        migrations.AddConstraint(
            model_name='invocation',
            constraint=models.CheckConstraint(condition=models.Q(('cached_hit', False), ('cost', 0), _connector='OR'), name='serving_hits_cost_nothing'),
        ),
        migrations.AddIndex(
            model_name='invocationoutcome',
            index=models.Index(fields=['invocation', '-created_at', '-id'], name='serving_outcome_latest'),
        ),
        migrations.AddIndex(
            model_name='invocationoutcome',
            index=models.Index(fields=['-created_at'], name='serving_outcome_recent'),
        ),
        migrations.AddConstraint(
            model_name='invocationoutcome',
            constraint=models.CheckConstraint(condition=models.Q(('rating', None), ('rating__range', (1, 5)), _connector='OR'), name='serving_rating_1_to_5'),
        ),
        migrations.AddConstraint(
            model_name='providermodel',
            constraint=models.UniqueConstraint(fields=('provider', 'model_id'), name='serving_provider_model_once'),
        ),
        migrations.AddConstraint(
            model_name='providermodel',
            constraint=models.CheckConstraint(condition=models.Q(('thinking__in', ['none', 'off', 'lowest'])), name='serving_thinking_known'),
        ),
        migrations.AddConstraint(
            model_name='providermodel',
            constraint=models.CheckConstraint(condition=models.Q(('size__in', ['small', 'large'])), name='serving_size_known'),
        ),
        migrations.AddConstraint(
            model_name='providermodel',
            constraint=models.CheckConstraint(condition=models.Q(('context_window__gt', 0), ('max_output__gt', 0)), name='serving_model_holds_something'),
        ),
        migrations.AddConstraint(
            model_name='providermodel',
            constraint=models.CheckConstraint(condition=models.Q(('successor', models.F('id')), _negated=True), name='serving_successor_is_another'),
        ),
        migrations.AddConstraint(
            model_name='priceoverride',
            constraint=models.UniqueConstraint(fields=('model', 'from_day'), name='serving_price_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='priceoverride',
            constraint=models.CheckConstraint(condition=models.Q(('input_mtok__gte', 0), ('output_mtok__gte', 0)), name='serving_price_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='deployment',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'deploying', 'active', 'draining', 'retired', 'failed'])), name='serving_deployment_state_known'),
        ),
        migrations.AddConstraint(
            model_name='deployment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['llm', 'model', 'rules'])), name='serving_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='deployment',
            constraint=models.CheckConstraint(condition=models.Q(('protocol__in', ['rewrite', 'score'])), name='serving_protocol_known'),
        ),
        migrations.AddConstraint(
            model_name='deployment',
            constraint=models.CheckConstraint(condition=models.Q(('strategy__in', ['blue_green', 'canary', 'rolling'])), name='serving_rollout_known'),
        ),
        migrations.AddConstraint(
            model_name='deployment',
            constraint=models.CheckConstraint(condition=models.Q(('traffic_share__range', (0, 100))), name='serving_share_in_bounds'),
        ),
        migrations.AddConstraint(
            model_name='deployment',
            constraint=models.CheckConstraint(condition=models.Q(('tier_floor__in', ['FREE', 'BASIC', 'PROFESSIONAL', 'ENTERPRISE'])), name='serving_tier_floor_known'),
        ),
        migrations.AddConstraint(
            model_name='deployment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'llm'), _negated=True), ('provider_model__isnull', False), _connector='OR'), name='serving_llm_has_a_model'),
        ),
        migrations.AddConstraint(
            model_name='reservation',
            constraint=models.UniqueConstraint(fields=('period', 'invocation'), name='serving_reserved_once'),
        ),
        migrations.AddConstraint(
            model_name='tierprice',
            constraint=models.UniqueConstraint(fields=('model', 'service_tier', 'from_day'), name='serving_tier_price_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='tierprice',
            constraint=models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 1)), name='serving_tier_price_is_a_share'),
        ),
        migrations.AddIndex(
            model_name='vendorbatch',
            index=models.Index(fields=['-created_at', '-id'], name='serving_vendor_batch_page'),
        ),
        migrations.AddConstraint(
            model_name='vendorbatch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['submitting', 'submitted', 'ended', 'collected', 'failed'])), name='serving_batch_state_known'),
        ),
        migrations.AddConstraint(
            model_name='vendorbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['submitted', 'ended']), _negated=True), models.Q(('vendor_id', ''), _negated=True), _connector='OR'), name='serving_submitted_batch_has_an_id'),
        ),
        migrations.AddConstraint(
            model_name='vendorbatchitem',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='serving_batch_item_once'),
        ),
        migrations.AddConstraint(
            model_name='vendorbatchitem',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'answered', 'failed', 'dropped'])), name='serving_item_state_known'),
        ),
        migrations.RunPython(_database_objects.create, _database_objects.drop),
    ]
